"""Terraform and its provider, found on this machine or fetched, and then used on any root."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform.provider import (
    CONFIGURATION,
    ProviderSource,
    find_provider,
    locked_provider_version,
    platform_name,
)
from ops.terraform.runner import Terraform

ACCEPTED: Final = ">= 1.11, < 2.0"
"""1.11 is the first with write-only arguments (`value_wo`), which keep the API key out of plan and state."""
RELEASE: Final = "1.11.4"
"""What is fetched where the machine has no Terraform: the version that this project is tested with."""
_ADDRESS: Final = f"https://releases.hashicorp.com/terraform/{RELEASE}"
_TIMEOUT_SECONDS: Final = 60
_API_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class Toolchain:
    """A Terraform with a source for its provider.

    Attributes:
        binary: The terraform to run.
        provider: Where the provider comes from.
        progress: Shows what Terraform does.
    """

    binary: Path
    provider: ProviderSource
    progress: Progress

    def on(self, root: Path, data: Path, environment: Mapping[str, str]) -> Terraform:
        """Terraform on one root.

        The `api_key` variable gets a fresh random value where the environment gives none.

        Args:
            root: The root's folder.
            data: Where Terraform keeps its working data for this root and this AWS.
            environment: The variables of the AWS to call.
        """
        configuration = {CONFIGURATION: self.provider.variables[CONFIGURATION]}
        variables = {**fresh_api_key(), **self.provider.variables, **environment, **configuration}
        return Terraform(self.binary, root, data, variables, self.progress)


def find_toolchain(project: Path, root: Path, progress: Progress) -> Toolchain:
    """Find Terraform and its provider on this machine, or fetch Terraform; the provider is fetched by `init`.

    Args:
        project: The project's folder.
        root: The root whose lock file names the provider's version.
        progress: Shows what is fetched.

    Raises:
        TerraformError: One of them is missing and cannot be fetched.
    """
    provider = find_provider(locked_provider_version(root), os.environ)
    return Toolchain(find_terraform(project / "build", progress), provider, progress)


def fresh_api_key() -> dict[str, str]:
    """The variable `api_key` with a random value.

    The provider sends it only when the parameter is first created, or when the settings' `api_key_version` rises.
    """
    return {"TF_VAR_api_key": secrets.token_urlsafe(_API_KEY_BYTES)}


def find_terraform(build: Path, progress: Progress) -> Path:
    """The Terraform on PATH, else one fetched into the build folder before, else one fetched now.

    Raises:
        TerraformError: No accepted version was found, and none can be fetched.
    """
    on_path = shutil.which("terraform")
    version = read_version(Path(on_path)) if on_path else None
    if on_path and version and is_accepted(version):
        return Path(on_path)
    folder = build / "terraform" / RELEASE
    if os.access(folder / "terraform", os.X_OK):
        return folder / "terraform"
    found = f"{on_path} is {version or 'of an unknown version'}" if on_path else "no terraform on PATH"
    progress.say(f"{found}, accepted is {ACCEPTED}: fetching the official release {RELEASE}")
    try:
        return install_release(folder)
    except TerraformError as error:
        raise TerraformError(
            f"{found}, and the official release could not be fetched: {error}. "
            f"Install Terraform {ACCEPTED} and put it on PATH."
        ) from error


def read_version(binary: Path) -> Version | None:
    """The version that a Terraform binary reports, or None where it does not run or reports none."""
    try:
        done = subprocess.run(  # noqa: S603  # a program named terraform, asked for its version
            [str(binary), "version", "-json"],
            env={"CHECKPOINT_DISABLE": "1", "PATH": "", "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )
        return Version(json.loads(done.stdout)["terraform_version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_accepted(version: Version) -> bool:
    """Whether the project accepts this version of Terraform; a pre-release such as `1.12.0-rc1` counts, too."""
    return SpecifierSet(ACCEPTED).contains(version, prereleases=True)


def install_release(folder: Path) -> Path:
    """Fetch the release, compare its checksum with the published one, and unpack it into the folder.

    Raises:
        TerraformError: It cannot be fetched, or its checksum differs from the published one.
    """
    name = f"terraform_{RELEASE}_{platform_name()}.zip"
    sums = fetch(f"{_ADDRESS}/terraform_{RELEASE}_SHA256SUMS").decode()
    published = {file: digest for digest, file in map(str.split, sums.splitlines())}
    archive = fetch(f"{_ADDRESS}/{name}")
    digest = hashlib.sha256(archive).hexdigest()
    if digest != published.get(name):
        raise TerraformError(f"{name} is not what was published: SHA-256 is {digest}, not {published.get(name)}")
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "terraform.partial"
    with zipfile.ZipFile(BytesIO(archive)) as content:
        partial.write_bytes(content.read("terraform"))
    partial.chmod(0o755)
    return partial.replace(folder / "terraform")


def fetch(address: str) -> bytes:
    """Get an address; Python reads the user's HTTPS_PROXY and SSL_CERT_FILE.

    Raises:
        TerraformError: It cannot be reached, or the response is an error.
    """
    try:
        with urlopen(address, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310  # an https address
            content: bytes = response.read()
    except (OSError, HTTPException) as error:
        raise TerraformError(f"{address} cannot be fetched: {error}. Behind a proxy, set HTTPS_PROXY") from error
    return content
