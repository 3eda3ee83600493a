"""The environment variables of what runs for the embedded AWS: an allow-list, so that nothing leaks in."""

import os
from collections.abc import Mapping
from typing import Final

from ops.local.certificates import certificate_files
from ops.local.layout import Layout
from ops.local.ports import HOST
from ops.local.shell_variables import without_proxies

_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR")
_KEPT_PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
"""Terraform may have to fetch the provider through them; the embedded AWS is never behind one."""


def server_variables(layout: Layout, port: int, region: str) -> dict[str, str]:
    """MiniStack's variables. Its functions inherit all of them, so there are no others.

    Args:
        layout: Where it keeps its things.
        port: Where it listens.
        region: Its region where a request names none.
    """
    certificate, key = certificate_files(layout)
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
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(key),
        "AWS_CA_BUNDLE": authority,
        "SSL_CERT_FILE": authority,
        "REQUESTS_CA_BUNDLE": authority,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AUTHORIZATION_RECORD": str(layout.authorizations),
        # Listeners beyond the one that is asked for, on every address of the machine; and containers of other work.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
    }


def isolated_variables(user: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a program that talks to the embedded AWS, before the address and credentials are added.

    Args:
        user: The user's variables; this process's by default.
    """
    given = os.environ if user is None else user
    kept = {name: given[name] for name in (*_KEPT, *_KEPT_PROXIES) if name in given}
    none = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **none, "AWS_EC2_METADATA_DISABLED": "true", **without_proxies(given)}
