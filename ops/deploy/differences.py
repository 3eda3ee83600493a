"""Tells a plan in words: what would change, and which of it because something changed on AWS."""

from collections.abc import Iterator
from typing import Any, Final

_NOTHING: Final = (["no-op"], ["read"])
_WORDS: Final = {
    ("create",): "would be created",
    ("update",): "would be changed in place",
    ("delete",): "would be destroyed",
    ("delete", "create"): "would be replaced (destroyed, then created)",
    ("create", "delete"): "would be replaced (created, then destroyed)",
    ("forget",): "would be forgotten",
}


def planned_changes(plan: dict[str, Any]) -> list[str]:
    """What applying the plan would change: a line for each resource and output.

    Args:
        plan: Terraform's JSON of a plan.
    """
    return [*_resources(plan), *_outputs(plan)]


def changed_attributes(change: dict[str, Any]) -> set[str]:
    """Names of the top-level attributes that differ before and after, or are not known yet."""
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = {name for name, value in (change.get("after_unknown") or {}).items() if _holds_true(value)}
    return unknown | {name for name in {*before, *after} if _content(before.get(name)) != _content(after.get(name))}


def _resources(plan: dict[str, Any]) -> Iterator[str]:
    drift = {entry["address"]: changed_attributes(entry["change"]) for entry in plan.get("resource_drift", ())}
    for resource in plan.get("resource_changes", ()):
        change, address = resource["change"], resource["address"]
        if change["actions"] not in _NOTHING:
            attributes = changed_attributes(change)
            words = _WORDS.get(tuple(change["actions"]), "/".join(change["actions"]))
            names = f": {', '.join(sorted(attributes))}" if change["actions"] == ["update"] else ""
            cause = " (it was changed on AWS)" if attributes & drift.get(address, set()) else ""
            yield f"{address} {words}{names}{cause}"


def _outputs(plan: dict[str, Any]) -> Iterator[str]:
    for name, change in plan.get("output_changes", {}).items():
        if change["actions"] not in _NOTHING:
            yield f"output {name} would change"


def _holds_true(value: Any) -> bool:
    """Whether anything in a nested value is true; known parts of a value are false there."""
    if isinstance(value, dict):
        return any(map(_holds_true, value.values()))
    return any(map(_holds_true, value)) if isinstance(value, list) else bool(value)


def _content(value: Any) -> Any:
    """A value, with what providers write for nothing, `{}`, `[]` and `""`, as nothing."""
    return value or None if isinstance(value, dict | list | str) else value
