"""The environment variables of programs that work with the embedded AWS: allow-lists, so that nothing else leaks in."""

import os
from collections.abc import Mapping
from typing import Final

from ops.local.layout import Layout
from ops.local.ports import HOST
from ops.local.shell_variables import without_proxies

NO_CONFIGURATION: Final = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
"""A configuration file can make AWS's tools ignore the endpoint, or address S3's buckets by host names."""
_KEPT: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"),  # Terraform may fetch the provider through them
)


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
    return {**kept, **NO_CONFIGURATION, "AWS_EC2_METADATA_DISABLED": "true", **without_proxies(given)}
