"""The roles' policies as applied are the generated ones, whose statements are documented."""

from typing import Any

import pytest

from generate.naming import FUNCTIONS
from tests.proofs.privilege.applied_policies import Document, RolePolicy, listed
from tests.proofs.privilege.generated_documents import Body, generated, statements
from tests.support.proving import Figures

pytestmark = [pytest.mark.timeout(900), pytest.mark.proof("least privilege")]

Summary = tuple[str, str, frozenset[str], int, frozenset[tuple[str, str, int]]]
"""A statement's sid, effect, actions, number of resources, and its conditions with their number of values."""


def applied_summary(statement: Document) -> Summary:
    conditions = {
        (test, variable, len(listed(values)))
        for test, tested in statement.get("Condition", {}).items()
        for variable, values in tested.items()
    }
    actions, resources = listed(statement["Action"]), listed(statement["Resource"])
    return statement["Sid"], statement["Effect"], frozenset(actions), len(resources), frozenset(conditions)


def generated_summary(body: Body) -> Summary:
    given: list[dict[str, Any]] = body.get("condition", [])
    conditions = {(condition["test"], condition["variable"], len(condition["values"])) for condition in given}
    actions, resources = body["actions"], body["resources"]
    return body["sid"], body["effect"], frozenset(actions), len(resources), frozenset(conditions)


def test_a_role_may_do_what_the_generated_statements_say(policies: dict[str, RolePolicy], figures: Figures) -> None:
    every = list(statements(generated(require_api_key=False)))

    for function in FUNCTIONS:
        applied = [applied_summary(statement) for statement in policies[function].document["Statement"]]
        written = [generated_summary(e.body) for e in every if (e.root, e.document) == (function, "this")]
        assert applied == written
        figures.tried("statements of roles applied as they are generated", len(applied))
