"""Plans, applies and destroys one environment."""

from pathlib import Path

from ops.deploy.confirmation import confirm
from ops.deploy.deployment import Deployment
from ops.deploy.differences import planned_changes
from ops.project.errors import OpsError
from ops.project.paths import LOCAL, find_environment
from ops.terraform.runner import Terraform


def plan(deployment: Deployment) -> None:
    """Show what an apply would change.

    Raises:
        OpsError: Terraform refused, or something that it needs is missing.
    """
    terraform = _prepared(deployment, "make plan")
    if not _show(terraform, deployment.plan_file):
        deployment.progress.say(f"{deployment.place} is as the files say: nothing would change")


def apply(deployment: Deployment) -> None:
    """Show what would change, ask, apply exactly that, and write the outputs.

    Raises:
        OpsError: It was not confirmed, or Terraform refused.
    """
    terraform = _prepared(deployment, "make apply")
    file = deployment.plan_file
    if _show(terraform, file):
        confirm(f"This changes {deployment.place}.")
        with deployment.changing():
            deployment.progress.say(f"{deployment.name}: {terraform.apply(str(file))}")
    else:
        deployment.progress.say(f"{deployment.place} is as the files say: nothing to change")
    file.unlink(missing_ok=True)
    deployment.refresh_outputs()


def destroy(deployment: Deployment) -> None:
    """Show what would be destroyed, ask for the environment's name, and destroy it.

    Raises:
        OpsError: The tables are protected, it was not confirmed, or Terraform refused.
    """
    name = deployment.name
    if name == LOCAL:
        raise OpsError("local is the embedded AWS: make reset deletes everything in it, and make up starts afresh")
    if find_environment(deployment.root, name).data.deletion_protection:
        raise OpsError(
            f"the tables of {name} are protected from deletion. To give them up: set deletion_protection = false "
            f"under [data] in envs/{name}/settings.toml, then make generate, make apply ENV={name}, and destroy again"
        )
    terraform = _prepared(deployment, "make plan")
    file = deployment.plan_file
    if terraform.save_plan(file, "-lock-timeout=30s", "-destroy"):
        print("\n".join(planned_changes(terraform.show_plan(file))))
        confirm(f"This destroys {deployment.place} with all its data.", answer=name)
        deployment.progress.say(f"{name}: {terraform.apply(str(file))}")
    else:
        deployment.progress.say(f"there is nothing of {name} to destroy")
    file.unlink(missing_ok=True)
    deployment.outputs_file.unlink(missing_ok=True)


def has_drifted(deployment: Deployment) -> bool:
    """Tell in words where AWS and the files differ, without taking the state's lock.

    Returns:
        Whether they differ.

    Raises:
        OpsError: Terraform refused.
    """
    terraform = _prepared(deployment, "make drift")
    file = deployment.plan_file
    differs = terraform.save_plan(file, "-lock=false")
    shown = terraform.show_plan(file)
    file.unlink()
    for line in planned_changes(shown):
        print(line)
    place = deployment.place
    deployment.progress.say(
        f"DRIFT: {place} and the files differ" if differs else f"no drift: {place} is as the files say"
    )
    return differs


def _prepared(deployment: Deployment, command: str) -> Terraform:
    deployment.progress.say(f"as {deployment.check_caller(command)}")
    deployment.build_packages()
    terraform = deployment.terraform()
    deployment.progress.say("preparing the provider and the state's backend")
    terraform.init("-reconfigure")
    return terraform


def _show(terraform: Terraform, file: Path) -> bool:
    changes = terraform.save_plan(file, "-lock-timeout=30s")
    if changes:
        print(terraform.describe_plan(file))
    return changes
