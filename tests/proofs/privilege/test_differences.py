"""The comparison with the documented statements finds every single change."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.proofs.privilege.differences import as_generated, differences
from tests.proofs.privilege.documented import STATEMENTS
from tests.proofs.privilege.generated_documents import Body, Statement

Change = Callable[[Body], Any]
"""Changes the body of a statement."""


@pytest.fixture(scope="module")
def generated_as_documented() -> list[Statement]:
    """The documented statements, in the form of generated ones."""
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


def delete(body: Body, *path: str | int) -> None:
    """Delete the element at a path."""
    *parents, last = path
    parent: Any = body
    for part in parents:
        parent = parent[part]
    del parent[last]


def deletable_paths(statement: Body) -> Iterator[tuple[str | int, ...]]:
    """The path of every element, of every entry of one, and of every value of a condition or principal."""
    for name in statement.keys() - {"sid"}:
        yield (name,)
        for number, entry in enumerate(statement[name] if isinstance(statement[name], list) else ()):
            yield name, number
            for part, values in entry.items() if isinstance(entry, dict) else ():
                yield name, number, part
                yield from ((name, number, part, place) for place in range(len(values)) if isinstance(values, list))


def test_documented_statements_have_no_differences(generated_as_documented: list[Statement]) -> None:
    assert differences(generated_as_documented, STATEMENTS) == []


def test_every_deletion_is_found(generated_as_documented: list[Statement]) -> None:
    for number, statement in enumerate(generated_as_documented):
        assert differences([*generated_as_documented[:number], *generated_as_documented[number + 1 :]], STATEMENTS), (
            statement.place
        )
        for path in deletable_paths(statement.body):
            change: Change = lambda body, path=path: delete(body, *path)  # type: ignore[misc] # noqa: E731 # a default binds the path
            assert differences(changed(generated_as_documented, number, change), STATEMENTS), (statement.place, path)


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
def test_every_addition_or_reversal_is_found(generated_as_documented: list[Statement], addition: str) -> None:
    for number, statement in enumerate(generated_as_documented):
        assert differences(changed(generated_as_documented, number, ADDITIONS[addition]), STATEMENTS), statement.place


def test_a_difference_names_its_place_and_both_sides(generated_as_documented: list[Statement]) -> None:
    number = [statement.place for statement in generated_as_documented].index(("processor", "this", "ReadRaw"))

    (line,) = differences(
        changed(generated_as_documented, number, lambda body: body["actions"].append("dynamodb:Scan")), STATEMENTS
    )

    assert line == (
        "processor.this.ReadRaw: actions: generated is ['dynamodb:Query', 'dynamodb:Scan'], "
        "documented is ['dynamodb:Query']"
    )


def test_a_duplicate_statement_is_found(generated_as_documented: list[Statement]) -> None:
    (line,) = differences([*generated_as_documented, generated_as_documented[0]], STATEMENTS)

    assert line == f"{'.'.join(generated_as_documented[0].place)}: generated 2 times"


def test_an_undocumented_statement_and_one_that_is_not_generated_are_found(
    generated_as_documented: list[Statement],
) -> None:
    undocumented = Statement("data", "key", {"sid": "Undocumented", "effect": "Allow", "actions": ["kms:Decrypt"]})

    assert differences([*generated_as_documented[1:], undocumented], STATEMENTS) == [
        "data.key.Undocumented: generated, and not documented: give its reason in tests/proofs/privilege/documented/",
        f"{'.'.join(generated_as_documented[0].place)}: documented, and not generated",
    ]
