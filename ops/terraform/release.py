"""Fetches an official Terraform release and verifies it against the release's SHA256SUMS."""

import hashlib
import os
import platform
import ssl
import sys
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from ops.project.errors import TerraformError

RELEASE: Final = "1.11.4"
"""What is fetched where the machine has no Terraform: the version that this project is tested with."""
_ADDRESS: Final = "https://releases.hashicorp.com/terraform"
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_TIMEOUT_SECONDS: Final = 60

Fetch = Callable[[str], bytes]
"""Gets an address's content or raises TerraformError."""


def fetch(address: str) -> bytes:
    """Get an address over verified TLS, through the user's proxy where HTTPS_PROXY names one.

    Raises:
        TerraformError: It cannot be reached, or answers anything but 200.
    """
    context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
    try:
        with urlopen(address, timeout=_TIMEOUT_SECONDS, context=context) as response:  # noqa: S310  # of this module
            content: bytes = response.read()
    except HTTPError as error:
        raise TerraformError(f"{address} answered {error.code}") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise TerraformError(f"{address} cannot be reached: {reason}. Behind a proxy, set HTTPS_PROXY") from error
    return content


def platform_name() -> str:
    """This machine as Terraform's releases and mirrors call it, such as `linux_amd64`."""
    machine = platform.machine().lower()
    return f"{sys.platform}_{_MACHINES.get(machine, machine)}"


def install_release(folder: Path, get: Fetch = fetch) -> Path:
    """Fetch, verify and unpack the release.

    Args:
        folder: Where the binary goes.
        get: How an address is read.

    Returns:
        The binary.

    Raises:
        TerraformError: It cannot be fetched, or its checksum differs from the published one.
    """
    name = f"terraform_{RELEASE}_{platform_name()}.zip"
    sums = get(f"{_ADDRESS}/{RELEASE}/terraform_{RELEASE}_SHA256SUMS").decode().split()
    expected = dict(zip(sums[1::2], sums[::2], strict=True)).get(name)
    if expected is None:
        raise TerraformError(f"Terraform {RELEASE} is not published for this machine ({platform_name()})")
    archive = get(f"{_ADDRESS}/{RELEASE}/{name}")
    found = hashlib.sha256(archive).hexdigest()
    if found != expected:
        raise TerraformError(f"{name} is not what was published: SHA-256 is {found}, expected {expected}")
    folder.mkdir(parents=True, exist_ok=True)
    binary = folder / "terraform"
    partial = folder / "terraform.partial"
    with zipfile.ZipFile(BytesIO(archive)) as content:
        partial.write_bytes(content.read("terraform"))
    partial.chmod(0o755)
    partial.replace(binary)
    return binary
