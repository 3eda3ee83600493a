"""Shows the lock on an environment's state, and removes it only where its ID is named.

The lock is an object beside the state, `<key>.tflock`, that Terraform's S3 backend writes with `use_lockfile`
(https://developer.hashicorp.com/terraform/language/backend/s3).
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from generate.builders.environment import STATE_FILE
from ops.deploy.deployment import Deployment
from ops.project.errors import OpsError
from ops.project.paths import find_environment

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class StateLock(msgspec.Struct, frozen=True):
    """A lock as Terraform wrote it.

    Attributes:
        identifier: Its ID, by which it is removed.
        who: Who runs Terraform, as `user@host`.
        created: Since when (UTC).
        operation: What the run does, such as `OperationTypeApply`.
    """

    identifier: str = msgspec.field(name="ID")
    who: str = msgspec.field(name="Who")
    created: str = msgspec.field(name="Created")
    operation: str = msgspec.field(name="Operation", default="?")

    def holder(self) -> str:
        """Who has the lock, since when and for what, in one line."""
        return f"{self.who} since {self.created} ({self.operation})"


def read_state_lock(s3: "S3Client", bucket: str, key: str) -> StateLock | None:
    """The lock of a state, or None where it is not locked.

    Args:
        s3: A client in the bucket's region.
        bucket: The state bucket.
        key: The state's key.

    Raises:
        OpsError: There is no such bucket, or the object is not a lock.
        botocore.exceptions.ClientError: These credentials may not read it.
    """
    name = f"{key}.tflock"
    try:
        text = s3.get_object(Bucket=bucket, Key=name)["Body"].read()
        return msgspec.json.decode(text, type=StateLock)
    except s3.exceptions.NoSuchKey:
        return None
    except s3.exceptions.NoSuchBucket as error:
        raise OpsError(f"the state bucket {bucket} does not exist yet: make bootstrap") from error
    except msgspec.DecodeError as error:
        raise OpsError(
            f"s3://{bucket}/{name} is not a lock that Terraform wrote: {text[:200]!r}. "
            "If you are sure that no run is under way, delete that object"
        ) from error


def unlock(deployment: Deployment, identifier: str | None) -> None:
    """Show who has the lock; with its ID, remove it.

    Args:
        deployment: The environment.
        identifier: The ID of the lock to remove; None removes nothing.

    Raises:
        OpsError: The state has another lock than that, or Terraform failed.
    """
    name = deployment.name
    deployment.check_caller("make plan")
    state = find_environment(deployment.root, deployment.environment).state
    s3 = replace(deployment.access(), region=state.region).s3()
    lock = read_state_lock(s3, state.bucket, f"{deployment.environment}/{STATE_FILE}")
    if lock is None:
        deployment.progress.say(f"the state of {name} is not locked")
    elif identifier is None:
        print(
            f"the state of {name} is locked by {lock.holder()}, ID {lock.identifier}. Nothing was removed\n"
            f"If you are sure that this run has ended: make unlock ENV={name} ID={lock.identifier}\n"
            f"Then make plan ENV={name}: what the killed run created last may be on AWS and not in the state."
        )
    elif identifier == lock.identifier:
        terraform = deployment.terraform()
        terraform.init("-reconfigure")
        terraform.run("force-unlock", "-force", identifier)
        deployment.progress.say(f"removed the lock {identifier} of {lock.holder()}")
    else:
        raise OpsError(
            f"there is no lock {identifier}; the state of {name} is locked by {lock.holder()}, ID {lock.identifier}. "
            "Nothing was removed"
        )
