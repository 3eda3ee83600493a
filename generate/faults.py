"""Finds every fault of settings, where msgspec itself stops at the first."""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import msgspec
from msgspec import inspect

from generate.settings import END

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """One value that is not allowed, or a missing value.

    Attributes:
        path: Keys and list indices that lead to it.
        found: The value; of a key that is not allowed, the key.
        reason: What is allowed.
        is_missing: There is no value.
    """

    path: Path
    found: object
    reason: str
    is_missing: bool = False


def find_faults(kind: Any, value: object, path: Path = ()) -> Iterator[Fault]:
    """Yield all that keeps a value from being of a type.

    Args:
        kind: A `Struct`, or a type of a field of one.
        value: As TOML gives it.
        path: Where the value is.
    """
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    found: list[Fault] = []
    if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        found = [*_of_fields(inner, value, path)]
    elif isinstance(value, dict) and get_origin(inner) is dict:
        key, entry = get_args(inner)
        found = [*_of_entries(key, entry, value, path)]
    elif isinstance(value, list) and get_origin(inner) is list:
        (element,) = get_args(inner)
        found = [fault for index, each in enumerate(value) for fault in find_faults(element, each, (*path, index))]
    yield from found or _of_itself(kind, value, path)


def _of_fields(kind: type[msgspec.Struct], values: dict[str, Any], path: Path) -> Iterator[Fault]:
    fields = msgspec.structs.fields(kind)
    for field in fields:
        if field.name in values:
            yield from find_faults(field.type, values[field.name], (*path, field.name))
        elif field.required:
            yield Fault((*path, field.name), None, "", is_missing=True)
    known = {field.name for field in fields}
    yield from (Fault((*path, name), values[name], "there is no such key") for name in values if name not in known)


def _of_entries(key_kind: Any, value_kind: Any, values: dict[str, Any], path: Path) -> Iterator[Fault]:
    for key, value in values.items():
        yield from _of_itself(key_kind, key, (*path, key))
        yield from find_faults(value_kind, value, (*path, key))


def _of_itself(kind: Any, value: object, path: Path) -> Iterator[Fault]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        yield Fault(path, value, f"allowed is {_allowed(inspect.type_info(kind))}")


def _allowed(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata(type=inner):
            text = _allowed(inner)
        case inspect.UnionType(types=types):
            (text,) = [_allowed(one) for one in types if not isinstance(one, inspect.NoneType)]
        case inspect.LiteralType(values=values):
            *others, last = [repr(value) for value in values]
            text = f"{', '.join(others)} or {last}"
        case inspect.StrType():
            text = _allowed_text(kind)
        case inspect.IntType() | inspect.FloatType():
            text = _allowed_number(kind)
        case inspect.DateType():
            text = "a day, written as 2000-01-01"
        case inspect.DictType(max_length=int(most)):
            text = f"a table of at most {most} keys"
        case _:
            text = {inspect.BoolType: "true or false", inspect.ListType: "an array"}.get(type(kind), "a table")
    return text


def _allowed_text(kind: inspect.StrType) -> str:
    if kind.pattern is None:
        return "a text"
    pattern = kind.pattern.replace(END, "$")
    if kind.max_length is None:
        return f"what matches {pattern}"
    length = f"{kind.min_length} to {kind.max_length}" if kind.min_length else f"up to {kind.max_length}"
    return f"{length} characters that match {pattern}"


def _allowed_number(kind: inspect.IntType | inspect.FloatType) -> str:
    what = "an integer" if isinstance(kind, inspect.IntType) else "a number"
    if kind.gt is not None:
        return f"{what} above {kind.gt} and below {kind.lt}"
    if kind.ge is None:
        return what
    return f"{what} of at least {kind.ge}" if kind.le is None else f"{what} from {kind.ge} to {kind.le}"
