"""Examines where the state is kept: the bucket, its settings, and the lock."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.deploy.finding import Finding, problem, well
from ops.project.errors import OpsError
from ops.terraform.state_lock import read_state_lock

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_MISSING: Final = ("404", "NoSuchBucket", "NoSuchKey")
_UNENCRYPTED: Final = "ServerSideEncryptionConfigurationNotFoundError"
_BOOTSTRAP: Final = "make bootstrap sets up the account: the state bucket and its protection"


def examine_state(s3: "S3Client", bucket: str, key: str, environment: str) -> Iterator[Finding]:
    """The state bucket, its versioning and encryption, the state's own encryption, and whether it is locked.

    Args:
        s3: A client in the bucket's region.
        bucket: The state bucket.
        key: The state's key.
        environment: The environment, for the remedy.
    """
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        missing = _code(error) in _MISSING
        text = f"the state bucket {bucket} {'does not exist' if missing else f'cannot be reached: {error}'}"
        yield problem(text, _BOOTSTRAP if missing else "these credentials need s3:ListBucket on it")
        return
    yield well(f"the state bucket {bucket} exists")
    versioned = s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
    yield Finding(versioned, f"the state bucket is {'' if versioned else 'not '}versioned", _BOOTSTRAP)
    yield _encryption(s3, bucket)
    yield _state_encryption(s3, bucket, key)
    yield _lock(s3, bucket, key, environment)


def _encryption(s3: "S3Client", bucket: str) -> Finding:
    try:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    except ClientError as error:
        if _code(error) == _UNENCRYPTED:
            return problem("the state bucket is not encrypted", _BOOTSTRAP)
        return problem(f"the state bucket's encryption cannot be read: {error}", "these credentials may not look")
    algorithm = rules[0].get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "?")
    return well(f"the state bucket encrypts what names no encryption of its own ({algorithm})")


def _state_encryption(s3: "S3Client", bucket: str, key: str) -> Finding:
    """The state's own encryption: what its writer asks for stands over the bucket's default."""
    try:
        # The stubs say that it is always there; S3 leaves it out for an object without encryption.
        head: Mapping[str, object] = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if _code(error) in _MISSING:
            return well("there is no state yet")
        return problem(f"the state's encryption cannot be read: {error}", "these credentials may not look")
    algorithm = head.get("ServerSideEncryption")
    if algorithm is None:
        remedy = f"aws s3 cp s3://{bucket}/{key} s3://{bucket}/{key} writes it anew with the bucket's encryption"
        return problem("the state is not encrypted", remedy)
    return well(f"the state is encrypted ({algorithm})")


def _lock(s3: "S3Client", bucket: str, key: str, environment: str) -> Finding:
    try:
        held = read_state_lock(s3, bucket, key)
    except ClientError as error:
        return problem(f"the state's lock cannot be read: {error}", "these credentials may not look")
    except OpsError as error:
        return problem("the state's lock cannot be read", str(error))
    if held is None:
        return well("the state is not locked")
    remedy = f"wait for that run; if there is none any more: make unlock ENV={environment} ID={held.identifier}"
    return problem(f"the state is locked by {held.holder()}", remedy)


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
