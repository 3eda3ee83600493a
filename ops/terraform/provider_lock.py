"""Reads which provider version a root's committed lock file demands."""

import re
from pathlib import Path
from typing import Final

from ops.project.errors import TerraformError

PROVIDER: Final = "registry.terraform.io/hashicorp/aws"
LOCK_FILE: Final = ".terraform.lock.hcl"
_BLOCK: Final = re.compile(rf'provider "{re.escape(PROVIDER)}" \{{\s*version\s*=\s*"([^"]+)"')


def locked_provider_version(root: Path) -> str:
    """The AWS provider's version in the root's lock file.

    Raises:
        TerraformError: The root has no lock file, or the file does not name the provider.
    """
    path = root / LOCK_FILE
    try:
        text = path.read_text()
    except FileNotFoundError as error:
        raise TerraformError(
            f"{path} is missing; it is committed with the project: git checkout restores it"
        ) from error
    found = _BLOCK.search(text)
    if found is None:
        raise TerraformError(f"{path} does not lock {PROVIDER}; git checkout restores it")
    return found.group(1)
