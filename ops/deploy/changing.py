"""Plans, applies and destroys one environment, and finds its drift.

Every function raises `OpsError` where something that it needs is missing, and where Terraform fails.
"""

from pathlib import Path

from ops.deploy.confirmation import confirm
from ops.deploy.deployment import Deployment
from ops.project.errors import OpsError
from ops.project.paths import LOCAL, find_environment
from ops.terraform.runner import Terraform

_LOCK_TIMEOUT = "-lock-timeout=30s"


def plan(deployment: Deployment) -> None:
    """Show what an apply would change."""
    terraform = _prepared(deployment, "make plan")
    if not _planned(terraform, deployment.plan_file, _LOCK_TIMEOUT):
        deployment.progress.say(f"{deployment.place} is as the files say: nothing would change")


def apply(deployment: Deployment) -> None:
    """Show what would change, ask, apply exactly that, and write the outputs."""
    terraform = _prepared(deployment, "make apply")
    if _planned(terraform, deployment.plan_file, _LOCK_TIMEOUT):
        confirm(f"This changes {deployment.place}.")
        with deployment.changing():
            deployment.progress.say(f"{deployment.name}: {terraform.apply(str(deployment.plan_file))}")
    else:
        deployment.progress.say(f"{deployment.place} is as the files say: nothing to change")
    deployment.plan_file.unlink(missing_ok=True)
    deployment.refresh_outputs()


def destroy(deployment: Deployment) -> None:
    """Show what would be destroyed, ask for the environment's name, and destroy it.

    Raises:
        OpsError: Also where the settings protect the tables, and where it was not confirmed.
    """
    name, file = deployment.name, deployment.plan_file
    if name == LOCAL:
        raise OpsError("local is the embedded AWS: make reset deletes everything in it, and make up starts afresh")
    if find_environment(deployment.root, name).data.deletion_protection:
        raise OpsError(
            f"the tables of {name} are protected from deletion. To delete them: set deletion_protection = false "
            f"under [data] in envs/{name}/settings.toml, then make generate, make apply ENV={name}, and destroy again"
        )
    terraform = _prepared(deployment, "make destroy")
    if _planned(terraform, file, _LOCK_TIMEOUT, "-destroy"):
        confirm(f"This destroys {deployment.place} with all its data.", answer=name)
        deployment.progress.say(f"{name}: {terraform.apply(str(file))}")
    else:
        deployment.progress.say(f"{name} has nothing to destroy")
    file.unlink(missing_ok=True)
    deployment.outputs_file.unlink(missing_ok=True)


def has_drifted(deployment: Deployment) -> bool:
    """Show where AWS and the files differ, without taking the state's lock.

    Returns:
        Whether they differ.
    """
    differs = _planned(_prepared(deployment, "make drift"), deployment.plan_file, "-lock=false")
    deployment.plan_file.unlink()
    place = deployment.place
    deployment.progress.say(
        f"DRIFT: {place} and the files differ" if differs else f"no drift: {place} is as the files say"
    )
    return differs


def _prepared(deployment: Deployment, command: str) -> Terraform:
    """Terraform on the environment, after a look at the credentials, with the packages built."""
    deployment.progress.say(f"as {deployment.check_caller(command)}")
    deployment.build_packages()
    terraform = deployment.terraform()
    deployment.progress.say("preparing the provider and the state's backend")
    terraform.init("-reconfigure")
    return terraform


def _planned(terraform: Terraform, file: Path, *options: str) -> bool:
    """Save a plan and print it as Terraform does, where it changes something."""
    changes = terraform.save_plan(file, *options)
    if changes:
        print(terraform.run("show", "-no-color", str(file)))
    return changes
