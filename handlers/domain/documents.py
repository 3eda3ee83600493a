"""JSON text: every number is a decimal, and no object may name a member twice."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from handlers.errors import MalformedDocumentError

_SHOWN_CHARACTERS: Final = 64
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def parse(text: str) -> object:
    """Read JSON text.

    Args:
        text: what was sent.

    Returns:
        Objects as `dict`, arrays as `list`, and every number as `Decimal`, including `NaN`, infinities and numbers
        beyond `Decimal`, so that validation can point to them.

    Raises:
        MalformedDocumentError: not JSON, nested too deeply, or an object that names a member twice.
    """
    try:
        return _decode(text)
    except RecursionError:
        raise MalformedDocumentError("nested too deeply") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedDocumentError(f"not JSON: {error.msg} at {place}") from None


def encode(document: object) -> str:
    """Write JSON text; a `Decimal` becomes a number with all its digits."""
    return _ENCODER.encode(document).decode()


def shown(text: str) -> str:
    """Quote a text for an error message, shortened and in printable ASCII."""
    return json.dumps(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}...")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond Decimal's
        return Decimal("Infinity")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        repeated = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise MalformedDocumentError(f"the member {shown(repeated)} appears in one object more than once")
    return members


_decode: Final[Callable[[str], object]] = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_number, parse_int=_number, parse_constant=_number
).decode
