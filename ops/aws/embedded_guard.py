"""Keeps a command for AWS from the embedded AWS: refuses what a shell has sourced for the embedded one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from botocore.session import Session

from ops.project.errors import OpsError
from ops.project.paths import LOCAL

_ENDPOINT: Final = "AWS_ENDPOINT_URL"
_KEY: Final = "AWS_ACCESS_KEY_ID"
_API: Final = "API_ENDPOINT"
_SOURCED: Final = ("build/local/env", "build/local/admin.env")
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def refuse_embedded(root: Path, environment: str, user: Mapping[str, str]) -> None:
    """Refuse variables that lead a command for AWS to the embedded AWS, or sign with its keys.

    Args:
        root: The project's folder.
        environment: What is on AWS, for the message.
        user: The user's variables.

    Raises:
        OpsError: There is such a variable.
    """
    found = next(_leading_astray(root, user), None)
    if found:
        raise OpsError(
            f"{found}, and {environment} is on AWS. For the embedded AWS: ENV={LOCAL}. For AWS: a shell that has not "
            f"sourced build/local/env or admin.env, or unset {found.partition('=')[0].partition(' ')[0]}"
        )


def _leading_astray(root: Path, user: Mapping[str, str]) -> Iterator[str]:
    """AWS has no address for all services; the address of one service may be a VPC's endpoint, but not this machine."""
    if user.get(_ENDPOINT):
        yield f"{_ENDPOINT}={user[_ENDPOINT]} leads to another address than AWS's"
    for name, value in user.items():
        if name.startswith(f"{_ENDPOINT}_") and _is_local(value):
            yield f"{name}={value} leads to this machine"
    if _is_local(Session().create_client("sts", region_name="us-east-1").meta.endpoint_url):
        yield "endpoint_url of the AWS configuration file leads to this machine"
    sourced = [line for name in _SOURCED if (root / name).is_file() for line in (root / name).read_text().splitlines()]
    if f"export {_KEY}={user.get(_KEY)}" in sourced:
        yield f"{_KEY} is a key of the embedded AWS"
    if _is_local(user.get(_API, "")):
        yield f"{_API}={user[_API]} is the embedded AWS's API"


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in _LOOPBACK
