"""Tells a plan in words: what would change, and what changed on AWS since the last apply."""

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


def drifted(plan: dict[str, Any]) -> list[str]:
    """What changed outside of Terraform: a line for each resource, with the attributes.

    Args:
        plan: Terraform's JSON of a plan.
    """
    return [
        f"{change['address']}: {', '.join(changed_attributes(change['change']))}"
        for change in plan.get("resource_drift", ())
    ]


def changed_attributes(change: dict[str, Any]) -> list[str]:
    """Names of the top-level attributes that differ before and after."""
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    names = sorted({*before, *after, *unknown})
    return [name for name in names if unknown.get(name) or before.get(name) != after.get(name)]


def _resources(plan: dict[str, Any]) -> Iterator[str]:
    for resource in plan.get("resource_changes", ()):
        change = resource["change"]
        if change["actions"] in _NOTHING:
            continue
        words = _WORDS.get(tuple(change["actions"]), "/".join(change["actions"]))
        attributes = f": {', '.join(changed_attributes(change))}" if change["actions"] == ["update"] else ""
        yield f"{resource['address']} {words}{attributes}"


def _outputs(plan: dict[str, Any]) -> Iterator[str]:
    for name, change in plan.get("output_changes", {}).items():
        if change["actions"] not in _NOTHING:
            yield f"output {name} would change"
