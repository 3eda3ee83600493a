"""Reads who holds the lock of a Terraform state: an object beside the state, `<key>.tflock`, that Terraform writes.

The object and its members are those of Terraform's S3 backend with `use_lockfile`
(https://developer.hashicorp.com/terraform/language/backend/s3).
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.project.errors import OpsError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LOCK_SUFFIX: Final = ".tflock"
_NO_LOCK: Final = ("404", "NoSuchKey")
_NO_BUCKET: Final = "NoSuchBucket"


@dataclass(frozen=True)
class StateLock:
    """A lock as its holder wrote it.

    Attributes:
        identifier: Its ID, by which it is lifted.
        who: The holder, as `user@host`.
        created: Since when, in Terraform's own words (UTC).
        operation: What the holder does, such as `OperationTypeApply`.
        version: The holder's Terraform.
    """

    identifier: str
    who: str
    created: str
    operation: str
    version: str

    def holder(self) -> str:
        """Who holds it, since when and for what, in one line."""
        return f"{self.who} since {self.created} ({self.operation})"


def read_state_lock(s3: "S3Client", bucket: str, key: str) -> StateLock | None:
    """The lock of a state, or None where it is not locked.

    Args:
        s3: A client in the bucket's region.
        bucket: The state bucket.
        key: The state's key.

    Raises:
        OpsError: There is no such bucket, or what lies there is no lock of Terraform's.
        botocore.exceptions.ClientError: These credentials may not look.
    """
    try:
        text = s3.get_object(Bucket=bucket, Key=f"{key}{LOCK_SUFFIX}")["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == _NO_BUCKET:
            raise OpsError(f"the state bucket {bucket} does not exist yet: make bootstrap") from error
        if code in _NO_LOCK:
            return None
        raise
    try:
        return _lock(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise OpsError(
            f"s3://{bucket}/{key}{LOCK_SUFFIX} is no lock that Terraform wrote: {text[:200]!r}. "
            "If you are sure that no run is under way, delete that object"
        ) from error


def _lock(document: dict[str, str]) -> StateLock:
    return StateLock(
        document["ID"],
        document["Who"],
        document["Created"],
        document.get("Operation", "?"),
        document.get("Version", "?"),
    )
