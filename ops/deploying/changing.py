"""Plans, applies and destroys one environment on real AWS."""

from pathlib import Path

from ops.deploying.confirmation import confirm
from ops.deploying.differences import planned_changes
from ops.deployment import Deployment
from ops.errors import OpsError
from ops.outputs import outputs_file
from ops.package import package_for_aws
from ops.project import find_environment
from ops.terraform.runner import Terraform


def plan(deployment: Deployment) -> None:
    """Show what an apply would change.

    Raises:
        OpsError: Terraform refused, or something that it needs is missing.
    """
    terraform = _prepared(deployment)
    if not _show(terraform, _plan_file(deployment)):
        deployment.progress.say(f"{deployment.environment} is as the files say: nothing would change")


def apply(deployment: Deployment) -> None:
    """Show what would change, ask, apply exactly that, and write the outputs.

    Raises:
        OpsError: It was not confirmed, or Terraform refused.
    """
    terraform = _prepared(deployment)
    file = _plan_file(deployment)
    if _show(terraform, file):
        confirm(f"This changes {deployment.environment} on AWS.")
        deployment.progress.say(f"{deployment.environment}: {terraform.apply(str(file))}")
    else:
        deployment.progress.say(f"{deployment.environment} is as the files say: nothing to change")
    file.unlink(missing_ok=True)
    deployment.refresh_outputs()


def destroy(deployment: Deployment) -> None:
    """Show what would be destroyed, ask for the environment's name, and destroy it.

    Raises:
        OpsError: The tables are protected, it was not confirmed, or Terraform refused.
    """
    name = deployment.environment
    if find_environment(deployment.root, name).data.deletion_protection:
        raise OpsError(
            f"the tables of {name} are protected from deletion. To give them up: set deletion_protection = false "
            f"under [data] in envs/{name}/settings.toml, then make generate, make apply ENV={name}, and destroy again"
        )
    terraform = _prepared(deployment)
    file = _plan_file(deployment)
    if terraform.save_plan(file, "-lock-timeout=30s", "-destroy"):
        print("\n".join(planned_changes(terraform.show_plan(file))))
        confirm(f"This destroys {name} on AWS with all its data.", answer=name)
        deployment.progress.say(f"{name}: {terraform.apply(str(file))}")
    else:
        deployment.progress.say(f"there is nothing of {name} to destroy")
    file.unlink(missing_ok=True)
    outputs_file(deployment.root, name).unlink(missing_ok=True)


def has_drifted(deployment: Deployment) -> bool:
    """Tell in words where AWS and the files differ, without taking the state's lock.

    Returns:
        Whether they differ.

    Raises:
        OpsError: Terraform refused.
    """
    terraform = _prepared(deployment)
    file = _plan_file(deployment)
    differs = terraform.save_plan(file, "-lock=false")
    shown = terraform.show_plan(file)
    file.unlink()
    for line in planned_changes(shown):
        print(line)
    name = deployment.environment
    deployment.progress.say(
        f"DRIFT: {name} on AWS and the files differ" if differs else f"no drift: {name} on AWS is as the files say"
    )
    return differs


def _prepared(deployment: Deployment) -> Terraform:
    deployment.progress.say(f"as {deployment.access().caller()}")
    package_for_aws(deployment.root, deployment.environment, deployment.progress)
    terraform = deployment.terraform()
    deployment.progress.say("preparing the provider and the state's backend")
    terraform.init("-reconfigure")
    return terraform


def _show(terraform: Terraform, file: Path) -> bool:
    changes = terraform.save_plan(file, "-lock-timeout=30s")
    if changes:
        print(terraform.describe_plan(file))
    return changes


def _plan_file(deployment: Deployment) -> Path:
    return deployment.root / "build" / "plans" / f"{deployment.environment}.tfplan"
