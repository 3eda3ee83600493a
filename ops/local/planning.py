"""Plans an environment that is applied to the embedded AWS: right after an apply there must be nothing to change."""

import json
from pathlib import Path
from typing import Any

from ops.deploy.differences import planned_changes
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline


def plan_applied(machine: Machine, pipeline: Pipeline) -> dict[str, Any]:
    """A plan of the environment that is applied, in Terraform's JSON form.

    Args:
        machine: The embedded AWS.
        pipeline: What is applied to it.

    Raises:
        TerraformError: Terraform refused.
    """
    terraform = machine.applying(pipeline.administrator).terraform(machine.environment)
    file = machine.layout.home / "plan.tfplan"
    try:
        terraform.save_plan(file)
        return terraform.show_plan(file)
    finally:
        file.unlink(missing_ok=True)


def write_plan(machine: Machine, path: Path) -> bool:
    """Bring the machine up, write the plan's JSON, and tell what it would change.

    Args:
        machine: The embedded AWS.
        path: Where the JSON goes.

    Returns:
        Whether there is nothing to change.

    Raises:
        OpsError: Something is missing or refused.
    """
    plan = plan_applied(machine, machine.up())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plan))
    changes = planned_changes(plan)
    for line in changes:
        print(line)
    machine.progress.say(f"planned: {len(changes)} changes" if changes else "planned: nothing would change")
    return not changes
