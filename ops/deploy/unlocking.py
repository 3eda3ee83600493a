"""Shows the lock that a killed run left on an environment's state, and lifts it only where its ID is named."""

from dataclasses import replace

from generate.builders.environment import STATE_FILE
from ops.deploy.deployment import Deployment
from ops.project.errors import OpsError
from ops.project.paths import find_environment
from ops.terraform.state_lock import StateLock, read_state_lock


def unlock(deployment: Deployment, identifier: str | None) -> None:
    """Show who holds the lock; with its ID, lift it.

    Args:
        deployment: The environment.
        identifier: The ID of the lock to lift; None lifts nothing.

    Raises:
        OpsError: The environment is locked by another lock than that, or Terraform refused.
    """
    name = deployment.name
    deployment.check_caller("make plan")
    held = _held(deployment)
    if held is None:
        deployment.progress.say(f"the state of {name} is not locked: there is nothing to lift")
        return
    if identifier is None:
        _show(deployment, held)
        return
    if identifier != held.identifier:
        raise OpsError(
            f"the lock {identifier} does not stand; the state of {name} is locked by {held.holder()}, "
            f"ID {held.identifier}. Nothing was lifted"
        )
    terraform = deployment.terraform()
    terraform.init("-reconfigure")
    terraform.force_unlock(identifier)
    deployment.progress.say(f"lifted the lock {identifier} of {held.holder()}")


def _held(deployment: Deployment) -> StateLock | None:
    state = find_environment(deployment.root, deployment.environment).state
    s3 = replace(deployment.access(), region=state.region).s3()
    return read_state_lock(s3, state.bucket, f"{deployment.environment}/{STATE_FILE}")


def _show(deployment: Deployment, held: StateLock) -> None:
    name = deployment.name
    print(f"""the state of {name} is locked
  who        {held.who}
  since      {held.created}
  operation  {held.operation}
  terraform  {held.version}
  ID         {held.identifier}
Nothing was lifted. If you are sure that this run is no longer under way: make unlock ENV={name} ID={held.identifier}
Then make plan ENV={name}: what the killed run made last may be on AWS and not in the state.""")
