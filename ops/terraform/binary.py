"""Finds the Terraform to run: the machine's own where it is of an accepted version, else a fetched release."""

import os
import shutil
from pathlib import Path

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform.release import RELEASE, Fetch, fetch, install_release
from ops.terraform.version import ACCEPTED, Version, format_version, is_accepted, read_version


def find_terraform(build: Path, progress: Progress, get: Fetch = fetch) -> Path:
    """The Terraform on PATH, else one fetched before, else one fetched now.

    Args:
        build: The project's build folder.
        progress: Told when one is fetched.
        get: How an address is read.

    Raises:
        TerraformError: There is none of an accepted version and none can be fetched.
    """
    on_path = shutil.which("terraform")
    version = read_version(Path(on_path)) if on_path else None
    if on_path and version and is_accepted(version):
        return Path(on_path)
    folder = build / "terraform" / RELEASE
    fetched = folder / "terraform"
    if os.access(fetched, os.X_OK):
        return fetched
    missing = _missing(on_path, version)
    progress.say(f"{missing}: fetching the official release {RELEASE}")
    try:
        return install_release(folder, get)
    except TerraformError as error:
        raise TerraformError(
            f"{missing}, and it could not be fetched: {error}. Install Terraform {ACCEPTED} and put it on PATH."
        ) from error


def _missing(on_path: str | None, version: Version | None) -> str:
    if on_path is None:
        return "no terraform on PATH"
    if version is None:
        return f"{on_path} does not tell its version"
    return f"{on_path} is {format_version(version)}, accepted is {ACCEPTED}"
