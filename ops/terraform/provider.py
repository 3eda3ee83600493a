"""Finds where Terraform can install the AWS provider from, so that a machine that has it needs no network."""

import json
import os
import platform
import re
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
_MIRROR_CONFIGURATION: Final = """provider_installation {{
  filesystem_mirror {{
    path    = {path}
    include = ["{provider}"]
  }}
  direct {{
    exclude = ["{provider}"]
  }}
}}
"""


class ProviderSource(NamedTuple):
    """Where the provider comes from.

    Attributes:
        description: For people.
        configuration: The CLI configuration that makes Terraform use it.
    """

    description: str
    configuration: Path


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
    version: str, user: Mapping[str, str], build: Path, roots: Iterable[Path] = tuple(map(Path, _USUAL_ROOTS))
) -> ProviderSource:
    """The first of: the user's CLI configuration, a mirror named or found, Terraform's own search.

    Terraform itself searches its implied mirror folders, then the provider's registry.

    Args:
        version: The version in the lock file.
        user: The user's environment variables.
        build: The project's build folder, where a CLI configuration is written unless the user has one.
        roots: Folders whose direct children may be mirrors, beside those of the user's home folder.

    Raises:
        TerraformError: TF_PLUGIN_MIRROR names a folder without the provider.
    """
    own = user.get("TF_CLI_CONFIG_FILE") or user.get("TERRAFORM_CONFIG") or Path.home() / ".terraformrc"
    if os.access(own, os.R_OK) and Path(own).is_file():
        return ProviderSource(f"your CLI configuration {own}", Path(own))
    mirror = _find_mirror(version, user.get("TF_PLUGIN_MIRROR"), roots)
    path = build / "terraform" / "cli.tfrc"
    text = _MIRROR_CONFIGURATION.format(path=json.dumps(str(mirror)), provider=PROVIDER) if mirror else ""
    if not path.is_file() or path.read_text() != text:  # another Terraform may be reading it
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return ProviderSource(f"the mirror {mirror}" if mirror else "Terraform's own mirrors or the registry", path)


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
