"""Describes the differences between generated and documented policies."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.proofs.privilege.documented.statement import Documented, Place
from tests.proofs.privilege.generated_documents import Body, Statement

_ABSENT: Final = "absent"


def differences(generated: Iterable[Statement], documented: Mapping[Place, Documented]) -> list[str]:
    """Compare statements, element by element.

    Returns:
        One line for each statement that only one side has, and for each element that differs.
    """
    found: dict[Place, list[Body]] = {}
    for statement in generated:
        found.setdefault(statement.place, []).append(statement.body)
    lines = [f"{_named(place)}: documented, and not generated" for place in documented.keys() - found.keys()]
    for place, bodies in found.items():
        lines += (f"{_named(place)}: {line}" for line in _of_place(bodies, documented.get(place), place[-1]))
    return sorted(lines)


def _of_place(bodies: list[Body], documented: Documented | None, sid: str) -> Iterator[str]:
    if documented is None:
        yield "generated, and not documented: give its reason in tests/proofs/privilege/documented/"
    elif len(bodies) > 1:
        yield f"generated {len(bodies)} times"
    else:
        wanted = as_generated(documented, sid)
        for name in sorted(bodies[0].keys() | wanted.keys()):
            generated, expected = bodies[0].get(name, _ABSENT), wanted.get(name, _ABSENT)
            if generated != expected:
                yield f"{name}: generated is {generated}, documented is {expected}"


def as_generated(documented: Documented, sid: str) -> Body:
    """The body that a documented statement describes."""
    principal = documented.principal
    conditions = [
        {"test": each.test, "variable": each.variable, "values": list(each.values)} for each in documented.conditions
    ]
    elements: dict[str, Any] = {
        "sid": sid,
        "effect": documented.effect,
        "principals": [{"type": principal.kind, "identifiers": [principal.identifier]}] if principal else [],
        "actions": list(documented.actions),
        "resources": list(documented.resources),
        "condition": conditions,
    }
    return {name: value for name, value in elements.items() if value}


def _named(place: Place) -> str:
    return ".".join(place)
