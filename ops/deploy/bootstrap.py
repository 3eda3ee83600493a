"""Applies `envs/account`, with the state bucket in which this root's own state is stored, too."""

import json
import os
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from generate.reading import read_account
from ops.aws.access import Access
from ops.aws.embedded_guard import refuse_embedded
from ops.deploy.confirmation import confirm
from ops.deploy.deployment import terraform_on
from ops.project.errors import OpsError
from ops.project.paths import ACCOUNT
from ops.project.progress import Progress
from ops.terraform.runner import Terraform

BUCKET_ADDRESS: Final = "aws_s3_bucket.state"
"""The state bucket in the account's root."""
_WITHOUT_LOCATION: Final = "us-east-1"
"""The region in which S3 refuses a location constraint."""


def bootstrap_account(root: Path, progress: Progress) -> None:
    """Ask, then create the state bucket where it does not exist, and apply the account's root.

    Raises:
        OpsError: It was not confirmed, the bucket is another account's, or Terraform failed.
    """
    settings = read_account(root)
    bucket = settings.state.bucket
    refuse_embedded(root, "the account", os.environ)
    access = Access(settings.state.region)
    confirm(f"This sets up account {access.caller()} in {settings.region}, with the state bucket {bucket}.")
    ensure_state_bucket(access, bucket, progress)
    terraform = terraform_on(root, root / "envs" / ACCOUNT, ACCOUNT, progress)
    progress.say(f"account: {apply_account(terraform, bucket)}")


def ensure_state_bucket(access: Access, bucket: str, progress: Progress) -> None:
    """Create the state bucket in the access's region where it does not exist: Terraform needs it to store its state.

    Raises:
        OpsError: The bucket is another account's, or cannot be looked up.
    """
    s3 = access.s3()
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == HTTPStatus.FORBIDDEN:
            raise OpsError(
                f"the state bucket {bucket} exists and these credentials may not read it: it belongs to another "
                "account (S3 names are global: choose another in the settings' [state] bucket), or these credentials "
                "lack s3:ListBucket"
            ) from error
        if status != HTTPStatus.NOT_FOUND:
            raise OpsError(f"the state bucket {bucket} cannot be looked up: {error}") from error
        progress.say(f"creating the state bucket {bucket}")
        location: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": access.region}}
        s3.create_bucket(Bucket=bucket, **({} if access.region == _WITHOUT_LOCATION else location))


def apply_account(terraform: Terraform, bucket: str) -> str:
    """Apply the account's root; the state bucket is imported first where the state does not contain it yet.

    Args:
        terraform: On the account's root.
        bucket: The state bucket, which exists.

    Returns:
        Terraform's count of what it changed.

    Raises:
        OpsError: Terraform failed. The next run goes on from there.
    """
    terraform.init("-reconfigure")
    state = json.loads(terraform.run("state", "pull") or "{}")
    if BUCKET_ADDRESS not in {f"{resource['type']}.{resource['name']}" for resource in state.get("resources", ())}:
        terraform.run("import", "-input=false", "-no-color", BUCKET_ADDRESS, bucket)
    return terraform.apply()
