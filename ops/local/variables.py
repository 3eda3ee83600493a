"""Environment variables of the embedded AWS: its server's, its clients', and files of them that a shell sources."""

import os
import shlex
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from ops.local.layout import HOST, Layout
from ops.project.errors import OpsError

NO_CONFIGURATION: Final = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
"""A configuration file can make AWS's tools ignore the endpoint, or address S3's buckets by host names."""
_KEPT: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"),  # Terraform may fetch the provider through them
)
_LOOPBACK: Final = f"{HOST},localhost"
_UNSET: Final = r"unset $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p') TF_WORKSPACE"
"""Whatever would override the credentials and the endpoint that a file exports, or choose another Terraform state."""
_WITHOUT_PROXY: Final = (
    ': "${NO_PROXY:=${no_proxy-}}"',
    f'NO_PROXY="{_LOOPBACK}${{NO_PROXY:+,$NO_PROXY}}" no_proxy="$NO_PROXY"',
    "export NO_PROXY no_proxy",
)
"""Programs read one or the other: both get loopback and what the user has set."""


def server_variables(layout: Layout, port: int, region: str) -> dict[str, str]:
    """MiniStack's variables. Its functions inherit all of them, so there are no others.

    Args:
        layout: Its files.
        port: The port to listen on.
        region: Its region where a request names none.
    """
    authority = str(layout.authority)
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(layout.temporary),
        "TMPDIR": str(layout.temporary),
        "PYTHONUNBUFFERED": "1",
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(layout.services),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.objects),
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(layout.certificate),
        "MINISTACK_SSL_KEY": str(layout.key),
        "AWS_CA_BUNDLE": authority,
        "SSL_CERT_FILE": authority,
        "REQUESTS_CA_BUNDLE": authority,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AUTHORIZATION_LOG": str(layout.authorizations),
        # No listeners beyond the port, some of which would be on every address of the machine; no containers.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
    }


def isolated_variables(user: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a program that calls the embedded AWS, without the endpoint and credentials.

    Args:
        user: The user's variables; this process's by default.
    """
    given = os.environ if user is None else user
    kept = {name: given[name] for name in _KEPT if name in given}
    direct = ",".join(filter(None, (_LOOPBACK, given.get("NO_PROXY") or given.get("no_proxy"))))
    no_proxy = {"NO_PROXY": direct, "no_proxy": direct}
    return {**kept, **NO_CONFIGURATION, "AWS_EC2_METADATA_DISABLED": "true", **no_proxy}


def write_variables(path: Path, variables: Mapping[str, str], heading: str) -> None:
    """Write a file that only its owner can read.

    Args:
        path: The file.
        variables: The variables that it exports; other AWS variables of the shell are unset.
        heading: A comment that says what it is for.
    """
    exports = (f"export {name}={shlex.quote(value)}" for name, value in variables.items())
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join((f"# {heading}", _UNSET, *exports, *_WITHOUT_PROXY)) + "\n")


def read_variables(path: Path) -> dict[str, str]:
    """Read the variables that a file exports.

    Raises:
        OpsError: There is no such file.
    """
    try:
        words = shlex.split(path.read_text(), comments=True)
    except FileNotFoundError as error:
        raise OpsError(f"{path} does not exist: make up writes it") from error
    return dict(word.split("=", 1) for before, word in pairwise(words) if before == "export" and "=" in word)
