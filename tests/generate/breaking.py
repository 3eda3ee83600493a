"""Finds what in a changed OpenAPI document would break a client of the one before."""

from collections.abc import Iterator
from typing import Any

_LOWER = ("maximum", "maxLength", "maxItems", "maxProperties")
_HIGHER = ("minimum", "minLength", "minItems", "minProperties")
_SAME = ("type", "pattern", "const", "format")
REQUESTS = frozenset({"Reading", "Batch", "ProcessRequest"})
"""Components that clients write. In all others a member that was always there must stay so."""


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What breaks, a line each."""
    return [*_path_changes(old["paths"], new["paths"]), *_component_changes(old, new)]


def _path_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for path, verbs in old.items():
        if path not in new:
            yield f"{path}: is gone"
            continue
        for verb, operation in verbs.items():
            place = f"{path} {verb}"
            if verb in new[path]:
                yield from _operation_changes(place, operation, new[path][verb])
            else:
                yield f"{place}: is gone"


def _operation_changes(place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    yield from (f"{place}: answers {status} no more" for status in old["responses"] if status not in new["responses"])
    before = {parameter["name"]: parameter for parameter in old.get("parameters", [])}
    after = {parameter["name"]: parameter for parameter in new.get("parameters", [])}
    yield from (f"{place}: parameter {name} is gone" for name in before if name not in after)
    for name, parameter in after.items():
        if parameter["required"] and not before.get(name, {}).get("required", False):
            yield f"{place}: parameter {name} is asked for"
        if name in before:
            yield from _schema_changes(f"{place} {name}", before[name]["schema"], parameter["schema"])


def _component_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    after = new["components"]["schemas"]
    for name, schema in old["components"]["schemas"].items():
        if name not in after:
            yield f"{name}: is gone"
            continue
        before_required, required = set(schema.get("required", [])), set(after[name].get("required", []))
        if name in REQUESTS:
            yield from (f"{name}: {member} is asked for" for member in sorted(required - before_required))
        else:
            yield from (f"{name}: {member} is no more answered" for member in sorted(before_required - required))
        yield from _schema_changes(name, schema, after[name])


def _schema_changes(place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for key in _SAME:
        if old.get(key) != new.get(key):
            yield f"{place}: {key} is {new.get(key)!r}, was {old.get(key)!r}"
    for keys, sign in ((_LOWER, 1), (_HIGHER, -1)):
        for key in keys:
            if key in new and (key not in old or sign * new[key] < sign * old[key]):
                yield f"{place}: {key} is {new[key]}, was {old.get(key, 'open')}"
    gone = set(old.get("enum", [])) - set(new.get("enum", old.get("enum", [])))
    yield from (f"{place}: {value!r} is allowed no more" for value in sorted(gone))
    for name, member in old.get("properties", {}).items():
        if name in new.get("properties", {}):
            yield from _schema_changes(f"{place}.{name}", member, new["properties"][name])
        else:
            yield f"{place}.{name}: is gone"
