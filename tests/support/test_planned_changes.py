"""The changes of a plan, as the tests list them."""

from typing import Any

from tests.support.planned_changes import planned_changes


def change(actions: list[str], **values: Any) -> dict[str, Any]:
    return {"address": "aws_sqs_queue.a", "change": {"actions": actions, **values}}


def test_the_changes_of_a_plan_are_listed() -> None:
    plan = {
        "resource_changes": [change(["update"]), change(["no-op"]), change(["read"])],
        "output_changes": {"Url": {"actions": ["delete", "create"]}, "Same": {"actions": ["no-op"]}},
    }

    assert planned_changes(plan) == ["aws_sqs_queue.a: update", "output.Url: delete, create"]


def test_a_plan_without_changes_lists_nothing() -> None:
    same = change(["no-op"], before={"tags": None}, after={"tags": {}})

    assert planned_changes({"resource_changes": [same]}) == []
