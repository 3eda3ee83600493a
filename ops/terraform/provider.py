"""Finds where Terraform can install the AWS provider from, so that a machine that has it needs no network."""

import os
import platform
import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ops.project.errors import TerraformError

PROVIDER: Final = "registry.terraform.io/hashicorp/aws"
LOCK_FILE: Final = ".terraform.lock.hcl"
_LOCKED: Final = re.compile(rf'provider "{re.escape(PROVIDER)}" \{{\s*version\s*=\s*"([^"]+)"')
_MACHINES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_USUAL_ROOTS: Final = ("/opt", "/srv", "/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib", "/var/lib")
CONFIGURATION: Final = "TF_CLI_CONFIG_FILE"
_INIT: Final = "TF_CLI_ARGS_init"
_NO_CONFIGURATION: Final = {CONFIGURATION: os.devnull}
"""Of a file that does not exist Terraform warns."""


class ProviderSource(NamedTuple):
    """Where the provider comes from.

    Attributes:
        description: For people.
        variables: The environment variables that make Terraform use it.
    """

    description: str
    variables: Mapping[str, str]


def locked_provider_version(root: Path) -> str:
    """The AWS provider's version in the root's lock file.

    Raises:
        TerraformError: The root has no lock file, or the file does not name the provider.
    """
    path = root / LOCK_FILE
    found = _LOCKED.search(path.read_text()) if path.exists() else None
    if found is None:
        raise TerraformError(f"{path} is missing or does not lock {PROVIDER}; git checkout restores it")
    return found.group(1)


def find_provider(
    version: str, user: Mapping[str, str], roots: Iterable[Path] = tuple(map(Path, _USUAL_ROOTS))
) -> ProviderSource:
    """The first of: the user's CLI configuration, a mirror named or found, Terraform's own search.

    Terraform itself searches its implied mirror folders, then the provider's registry.

    Args:
        version: The version in the lock file.
        user: The user's environment variables.
        roots: Folders whose direct children may be mirrors, beside those of the user's home folder.

    Raises:
        TerraformError: TF_PLUGIN_MIRROR names a folder without the provider.
    """
    own = user.get(CONFIGURATION) or Path.home() / ".terraformrc"
    if os.access(own, os.R_OK) and Path(own).is_file():
        return ProviderSource(f"your CLI configuration {own}", {CONFIGURATION: str(own)})
    mirror = _find_mirror(version, user.get("TF_PLUGIN_MIRROR"), roots)
    if mirror is None:
        return ProviderSource("Terraform's own mirrors or the registry", _NO_CONFIGURATION)
    return ProviderSource(f"the mirror {mirror}", {**_NO_CONFIGURATION, _INIT: shlex.quote(f"-plugin-dir={mirror}")})


def _find_mirror(version: str, named: str | None, roots: Iterable[Path]) -> Path | None:
    """The mirror that the user names, else the first folder that has the provider for this machine."""
    if named:
        if not _has_provider(Path(named), version):
            wanted = f"{PROVIDER} {version} for {platform_name()}"
            raise TerraformError(f"TF_PLUGIN_MIRROR={named} does not contain {wanted}; correct it or unset it")
        return Path(named)
    searched = (*roots, Path.home() / ".local" / "share", Path.home())
    folders = (folder for root in searched for folder in sorted(root.glob("*")))
    return next((folder for folder in folders if _has_provider(folder, version)), None)


def _has_provider(mirror: Path, version: str) -> bool:
    """Whether a folder has the provider, unpacked or packed. `glob` skips folders that this user may not read."""
    names = (f"{version}/{platform_name()}", f"terraform-provider-aws_{version}_{platform_name()}.zip")
    return any(found for name in names for found in mirror.glob(f"{PROVIDER}/{name}"))


def platform_name() -> str:
    """This machine as Terraform's releases and mirrors call it, such as `linux_amd64`."""
    machine = platform.machine().lower()
    return f"{sys.platform}_{_MACHINES.get(machine, machine)}"
