"""The comparison with the documented statements notices every change, one at a time."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.proofs.privilege.differences import as_generated, differences
from tests.proofs.privilege.documented import STATEMENTS
from tests.proofs.privilege.documents import Body, Statement

Change = Callable[[Body], Any]
"""Takes the body of a statement."""


@pytest.fixture(scope="module")
def described() -> list[Statement]:
    """The statements that are documented, as they would be generated."""
    return [
        Statement(root, document, as_generated(statement, sid))
        for (root, document, sid), statement in STATEMENTS.items()
    ]


def changed(every: list[Statement], number: int, change: Change) -> list[Statement]:
    """The statements, one of which is changed."""
    statement = every[number]
    body = copy.deepcopy(statement.body)
    change(body)
    return [*every[:number], Statement(statement.root, statement.document, body), *every[number + 1 :]]


def drop(body: Body, *path: str | int) -> None:
    """Drop what a path leads to."""
    *parents, last = path
    parent: Any = body
    for part in parents:
        parent = parent[part]
    del parent[last]


def droppable(statement: Body) -> Iterator[tuple[str | int, ...]]:
    """The path of every element, of every entry of one, and of every value of a condition or principal."""
    for name in statement.keys() - {"sid"}:
        yield (name,)
        for number, entry in enumerate(statement[name] if isinstance(statement[name], list) else ()):
            yield name, number
            for part, values in entry.items() if isinstance(entry, dict) else ():
                yield name, number, part
                yield from ((name, number, part, place) for place in range(len(values)) if isinstance(values, list))


def test_what_is_documented_differs_in_nothing(described: list[Statement]) -> None:
    assert differences(described, STATEMENTS) == []


def test_whatever_is_dropped_is_noticed(described: list[Statement]) -> None:
    for number, statement in enumerate(described):
        assert differences([*described[:number], *described[number + 1 :]], STATEMENTS), statement.place
        for path in droppable(statement.body):
            change: Change = lambda body, path=path: drop(body, *path)  # type: ignore[misc] # noqa: E731 # a default binds the path
            assert differences(changed(described, number, change), STATEMENTS), (statement.place, path)


ADDITIONS: dict[str, Change] = {
    "an action": lambda body: body["actions"].append("s3:GetObject"),
    "an action again": lambda body: body["actions"].append(body["actions"][0]),
    "a resource": lambda body: body.setdefault("resources", []).append("*"),
    "a principal": lambda body: body.setdefault("principals", []).append({"type": "AWS", "identifiers": ["*"]}),
    "a condition": lambda body: body.setdefault("condition", []).append(
        {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}
    ),
    "the other effect": lambda body: body.update(effect={"Allow": "Deny", "Deny": "Allow"}[body["effect"]]),
    "all but some actions": lambda body: body.update(not_actions=body.pop("actions")),
    "all but some principals": lambda body: body.update(not_principals=body.pop("principals", [])),
}


@pytest.mark.parametrize("addition", ADDITIONS)
def test_whatever_is_added_or_turned_round_is_noticed(described: list[Statement], addition: str) -> None:
    for number, statement in enumerate(described):
        assert differences(changed(described, number, ADDITIONS[addition]), STATEMENTS), statement.place


def test_a_difference_names_its_place_and_both_sides(described: list[Statement]) -> None:
    number = [statement.place for statement in described].index(("functions", "processor", "ReadRaw"))

    (line,) = differences(changed(described, number, lambda body: body["actions"].append("dynamodb:Scan")), STATEMENTS)

    assert line == (
        "functions.processor.ReadRaw: actions: generated is ['dynamodb:Query', 'dynamodb:Scan'], "
        "documented is ['dynamodb:Query']"
    )


def test_a_statement_twice_is_noticed(described: list[Statement]) -> None:
    (line,) = differences([*described, described[0]], STATEMENTS)

    assert line == f"{'.'.join(described[0].place)}: generated 2 times"


def test_a_statement_without_its_document_and_a_document_without_its_statement_are_noticed(
    described: list[Statement],
) -> None:
    stranger = Statement("data", "key", {"sid": "Stranger", "effect": "Allow", "actions": ["kms:Decrypt"]})

    assert differences([*described[1:], stranger], STATEMENTS) == [
        "data.key.Stranger: generated, and not documented: say why it is there, in tests/proofs/privilege/documented/",
        f"{'.'.join(described[0].place)}: documented, and not generated",
    ]
