"""Keeps the embedded AWS and AWS apart: what a shell has sourced of the one does not reach the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from botocore.session import Session

from ops.local.layout import Layout, default_layout
from ops.local.ports import LOOPBACK
from ops.local.shell_variables import read_variables
from ops.project.errors import OpsError
from ops.project.paths import LOCAL

_ENDPOINT: Final = "AWS_ENDPOINT_URL"
_KEY: Final = "AWS_ACCESS_KEY_ID"
_API: Final = "API_ENDPOINT"


def refuse_embedded(root: Path, environment: str, user: Mapping[str, str]) -> None:
    """Refuse variables that lead a command for AWS to the embedded AWS, or sign with its keys.

    `AWS_ENDPOINT_URL` is one address for every service, which AWS has none of; the variable of one service can name an
    endpoint of a VPC, and is refused on this machine alone.

    Args:
        root: The project's folder.
        environment: What is on AWS, for the message.
        user: The user's variables.

    Raises:
        OpsError: There is such a variable.
    """
    found = next(_leading_astray(default_layout(root), user), None)
    if found:
        raise OpsError(
            f"{found}, and {environment} is on AWS. For the embedded AWS: ENV={LOCAL}. For AWS: a shell that has not "
            f"sourced build/local/env or admin.env, or unset {found.partition('=')[0].partition(' ')[0]}"
        )


def _leading_astray(layout: Layout, user: Mapping[str, str]) -> Iterator[str]:
    if user.get(_ENDPOINT):
        yield f"{_ENDPOINT}={user[_ENDPOINT]} leads to another address than AWS's"
    for name, value in user.items():
        if name.startswith(f"{_ENDPOINT}_") and urlsplit(value).hostname in LOOPBACK:
            yield f"{name}={value} leads to this machine"
    if urlsplit(_configured_endpoint()).hostname in LOOPBACK:
        yield "endpoint_url of the AWS configuration file leads to this machine"
    sourced = [read_variables(path) for path in _files(layout) if path.is_file()]
    if user.get(_KEY) in [variables[_KEY] for variables in sourced]:
        yield f"{_KEY} is a key of the embedded AWS"
    if user.get(_API) in [variables[_API] for variables in sourced]:
        yield f"{_API}={user[_API]} is the embedded AWS's API"


def _configured_endpoint() -> str:
    """The address that AWS's tools call STS at, by the user's variables and configuration file."""
    return str(Session().create_client("sts", region_name="us-east-1").meta.endpoint_url)


def _files(layout: Layout) -> tuple[Path, ...]:
    return layout.caller_variables, layout.administrator_variables
