"""A project with the tests' own settings, so that no expectation depends on a user's `envs/`.

Of the tree's own environments tests check only what follows from their settings: that the settings are valid, that the
files are current, and that they can be planned.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from generate.project import generate_project
from generate.reading import SETTINGS_FILE, read_all
from generate.tree import generated_files, write
from ops.project.paths import ACCOUNT, ROOT
from ops.terraform.provider import LOCK_FILE

SAMPLE: Final = Path(__file__).parent
ENVIRONMENT: Final = "dev"
"""The one environment of the sample."""
SETTINGS: Final = f"envs/{ENVIRONMENT}/{SETTINGS_FILE}"
ROOTS: Final = (ACCOUNT, ENVIRONMENT)
LOCK: Final = ROOT / "envs" / ACCOUNT / LOCK_FILE
"""The provider lock file of the root that every project has."""
_CODE: Final = ("handlers", "ops")


def write_settings(folder: Path) -> None:
    """Write what a user writes by hand: the settings, and the provider lock file of each root."""
    for root in ROOTS:
        target = folder / "envs" / root
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / "envs" / root / SETTINGS_FILE, target)
        shutil.copy(LOCK, target)


def write_generated(folder: Path) -> None:
    """Write the settings, and all files that are generated from them."""
    write_settings(folder)
    write(folder, generate_project(*read_all(folder)), generated_files(folder))


def link_code(folder: Path, *more: str) -> None:
    """Link this tree's code into a project; the links are relative, so that the tree may be moved.

    Args:
        folder: The project.
        more: Further folders; with `build`, the embedded AWS and the provider are installed only once.
    """
    for name in (*_CODE, *more):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT / name, folder))
