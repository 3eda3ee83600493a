"""Each denial, condition and grant has a documented reason, and nothing else is generated.

`make golden` accepts any change of a policy. Here a change must be documented (`tests/proofs/privilege/documented/`).
"""

from typing import Any

import pytest

from tests.proofs.privilege.differences import differences
from tests.proofs.privilege.documented import STATEMENTS, attached
from tests.proofs.privilege.generated_documents import Body, Statement, resources
from tests.support.proving import Figures

pytestmark = pytest.mark.proof("least privilege")


def test_every_statement_is_documented_and_every_documented_statement_is_generated(
    every: list[Statement], figures: Figures
) -> None:
    assert differences(every, STATEMENTS) == []
    figures.tried("statements as documented, each with its reason", len(every))


def arguments(roots: dict[str, Body]) -> dict[attached.Argument, Any]:
    """Every argument of every resource."""
    return {
        (root, kind, name, argument): value
        for root, kind, name, body in resources(roots)
        for argument, value in body.items()
    }


def test_every_document_is_attached_where_it_belongs(roots: dict[str, Body], figures: Figures) -> None:
    start, end = "${data.aws_iam_policy_document.", ".json}"
    policies = {
        place: value.removeprefix(start).removesuffix(end)
        for place, value in arguments(roots).items()
        if isinstance(value, str) and value.startswith(start)
    }

    assert policies == attached.POLICIES
    figures.tried("policy documents attached to their resource", len(policies))


def test_every_document_consists_of_its_statements(roots: dict[str, Body], figures: Figures) -> None:
    written = [
        body.keys()
        for main in roots.values()
        for body in main.get("data", {}).get("aws_iam_policy_document", {}).values()
    ]

    assert set().union(*written) == {"statement"}
    figures.tried("policy documents that consist of documented statements", len(written))


def test_every_role_and_policy_belongs_to_one_owner(roots: dict[str, Body], figures: Figures) -> None:
    found = arguments(roots)

    assert {place: found.get(place) for place in attached.OWNERS} == attached.OWNERS
    assert {place for place in found if place[1].startswith("aws_iam_role_policy") and place[3] == "role"} <= set(
        attached.OWNERS
    )
    figures.tried("roles and policies that belong to one function or resource", len(attached.OWNERS))
