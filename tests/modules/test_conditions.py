"""Every kind of condition that Terraform knows is found in a module's files, and recognized by its own message only."""

import json
from pathlib import Path

from tests.modules.conditions import Condition, conditions_of

MODULE = {
    "variable": {"a": {"validation": [{"error_message": "a must be small."}]}, "free": {}},
    "output": {"b": {"precondition": {"error_message": "b is missing."}}},
    "check": {"c": {"assert": {"error_message": "c is odd."}}},
    "resource": {"kind": {"d": {"lifecycle": {"precondition": [{"error_message": "d is ${local.bad}."}]}}}},
    "data": {"kind": {"e": {"lifecycle": {"postcondition": {"error_message": "e is gone."}}}}},
}


def test_every_kind_is_found(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text(json.dumps(MODULE))

    assert [condition.place for condition in conditions_of(tmp_path)] == [
        *("var.a", "output.b", "check.c", "kind.d", "data.kind.e")
    ]


def test_a_condition_is_reported_by_its_own_words() -> None:
    condition = Condition("kind.d", "d is ${local.bad}.")

    assert condition.is_reported_by({"detail": "d is 7.\n\nThis was checked by ..."})
    assert not condition.is_reported_by({"detail": "d is missing"})
