"""What is wrong with the user's AWS credentials, and what to do about it."""

from typing import Final

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  # botocore's name
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from ops.project.errors import OpsError

NO_CREDENTIALS: Final = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
"""What botocore raises where it finds no credentials."""


class CredentialsError(OpsError):
    """There are no usable credentials.

    Args:
        error: botocore's error.
        region: Where they were tried; empty where they were not tried at all.

    Attributes:
        found: What is wrong.
        fix: What to do about it.
    """

    def __init__(self, error: Exception, region: str = "") -> None:
        self.found = f"no usable AWS credentials: {error}".rstrip(".")
        self.fix = _fix(error, region)
        super().__init__(f"{self.found}. {self.fix[0].upper()}{self.fix[1:]}")


def _fix(error: Exception, region: str) -> str:
    if isinstance(error, ConnectionError):
        return f"check the network and its proxies; is there a region {region}?"
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    log_in = "log in (aws sso login), or set AWS_PROFILE"
    if code in ("ExpiredToken", "ExpiredTokenException"):
        return f"they have expired: {log_in}"
    if code == "InvalidClientTokenId":  # IAM User Guide, "Managing AWS STS in an AWS Region"
        return f"{log_in}; AWS also refuses a valid key where the region {region} is not enabled"
    return log_in
