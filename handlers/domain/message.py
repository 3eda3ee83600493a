"""The message that carries accepted readings through the queue."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

import msgspec

from handlers.domain.documents import encode, parse
from handlers.domain.problems import FaultsError, member
from handlers.domain.reading import Reading
from handlers.domain.validation import event_time, validate
from handlers.errors import MalformedDocumentError, PipelineError

SCHEMA_VERSION: Final = 2
SINGLE_VERSION: Final = 1
"""One reading a message, of the version before. Still read: dead-letter messages are kept for 14 days, and redriven."""
MAXIMUM_READINGS: Final = 10
"""Of one message."""


class MalformedMessageError(PipelineError):
    """A message or one of its readings that this version of the code can never process; says where and why."""


class Message(msgspec.Struct, frozen=True):
    """Accepted readings, 1 to `MAXIMUM_READINGS`.

    Attributes:
        readings: the valid ones, by their pointers (`#/readings/0`); their timestamps are always set.
        errors: what is wrong with the other readings, by their pointers.
        accepted_at: when, epoch milliseconds.
    """

    readings: Mapping[str, Reading]
    errors: Mapping[str, MalformedMessageError]
    accepted_at: int


def to_text(reading: Reading) -> str:
    """Write a reading as a part of a message."""
    return encode({"device_id": reading.device_id, "timestamp": reading.timestamp, "sensor_data": reading.sensor_data})


def to_body(texts: Iterable[str], accepted_at: int) -> str:
    """Write a message as JSON, its schema version first.

    Args:
        texts: 1 to `MAXIMUM_READINGS` readings, see `to_text`.
        accepted_at: when they were accepted, epoch milliseconds.
    """
    readings = [msgspec.Raw(text) for text in texts]
    return encode({"version": SCHEMA_VERSION, "accepted_at": accepted_at, "readings": readings})


def from_body(body: str) -> Message:
    """Read a message of this version or the one before; an invalid reading does not affect the others.

    Raises:
        MalformedMessageError: it is not JSON, of an unknown version, or not a message around its readings.
    """
    try:
        document = parse(body)
    except MalformedDocumentError as error:
        raise MalformedMessageError(str(error)) from error
    if not isinstance(document, dict):
        raise _unknown_version()
    readings: dict[str, Reading] = {}
    errors: dict[str, MalformedMessageError] = {}
    for pointer, each in _sent(document):
        try:
            readings[pointer] = _reading(each, pointer)
        except MalformedMessageError as error:
            errors[pointer] = error
    return Message(readings, errors, _accepted_at(document.get("accepted_at")))


def _sent(document: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the readings, each after its pointer."""
    version = document.get("version")
    if not isinstance(version, Decimal) or version not in (SINGLE_VERSION, SCHEMA_VERSION):
        raise _unknown_version()
    if version == SINGLE_VERSION:
        yield "#/reading", document.get("reading")
        return
    readings = document.get("readings")
    if not isinstance(readings, list) or not 1 <= len(readings) <= MAXIMUM_READINGS:
        raise MalformedMessageError(f"#/readings must be an array of 1 to {MAXIMUM_READINGS} readings")
    yield from ((member("#/readings", number), each) for number, each in enumerate(readings))


def _unknown_version() -> MalformedMessageError:
    return MalformedMessageError(f"not a message of version {SINGLE_VERSION} or {SCHEMA_VERSION}")


def _reading(document: object, pointer: str) -> Reading:
    try:
        sent = validate(document, pointer)
    except FaultsError as error:
        first = error.faults[0]
        raise MalformedMessageError(f"{first.pointer} {first.detail}") from error
    if sent.timestamp is None:
        raise MalformedMessageError(f"{member(pointer, 'timestamp')} is missing")
    return sent.reading(sent.timestamp)


def _accepted_at(value: object) -> int:
    try:
        return event_time(value)
    except ValueError as error:
        raise MalformedMessageError(f"#/accepted_at {error}") from error
