"""Lists what a plan would change."""

from typing import Any, Final

_UNCHANGED: Final = (["no-op"], ["read"])


def planned_changes(plan: dict[str, Any]) -> list[str]:
    """What applying a plan would change, from Terraform's JSON of it.

    Returns:
        Each resource and output with Terraform's actions: `aws_sqs_queue.a: update`, `output.Url: delete, create`.
    """
    changes = [(resource["address"], resource["change"]["actions"]) for resource in plan.get("resource_changes", ())]
    changes += [(f"output.{name}", change["actions"]) for name, change in plan.get("output_changes", {}).items()]
    return [f"{name}: {', '.join(actions)}" for name, actions in changes if actions not in _UNCHANGED]
