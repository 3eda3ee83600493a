"""Looks whose credentials there are, before anything is done with them, and says what to do where they do not work."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import (
    BotoCoreError,
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

if TYPE_CHECKING:
    from ops.aws.access import Access

NO_CREDENTIALS: Final = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
"""What botocore raises where it finds no credentials."""
_LOG_IN: Final = "log in (aws sso login), or set AWS_PROFILE"
_UNKNOWN_KEY: Final = "InvalidClientTokenId"
"""What STS answers to an unknown key, and to every key of an account in which its region is not enabled (IAM User
Guide, "Managing AWS STS in an AWS Region")."""
_EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException")


class CredentialsError(OpsError):
    """There are no usable credentials.

    Args:
        error: What botocore says.
        region: Where they were tried; empty where they were not tried at all.

    Attributes:
        found: What is wrong.
        fix: What to do about it.
    """

    def __init__(self, error: Exception, region: str = "") -> None:
        self.found = f"no usable AWS credentials: {error}".rstrip(".")
        self.fix = _fix(error, region)
        super().__init__(f"{self.found}. {self.fix[0].upper()}{self.fix[1:]}")


def check_caller(access: "Access") -> str:
    """The account that the credentials belong to, and who in it.

    Raises:
        CredentialsError: There are no usable credentials.
    """
    try:
        identity = access.sts().get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise CredentialsError(error, access.region) from error
    return f"{identity['Account']} ({identity['Arn']})"


def _fix(error: Exception, region: str) -> str:
    if isinstance(error, ConnectionError):
        return f"look at the network and its proxies; is there a region {region}?"
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _EXPIRED:
        return f"they have expired: {_LOG_IN}"
    if code == _UNKNOWN_KEY:
        return f"{_LOG_IN}; a good key is refused where the region {region} is not enabled"
    return _LOG_IN
