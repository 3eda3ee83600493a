"""A project with settings of the tests' own, so that no expectation depends on a user's `envs/`.

What is asserted of the tree's own environments is derived from them: that their files are current, that they can be
planned, that their settings are valid.
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
"""The provider lock of the root that every project has."""
_CODE: Final = ("handlers", "ops")


def write_settings(folder: Path) -> None:
    """Write what a user writes by hand: the settings, and the provider lock of each root."""
    for root in ROOTS:
        target = folder / "envs" / root
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / "envs" / root / SETTINGS_FILE, target)
        shutil.copy(LOCK, target)


def write_generated(folder: Path) -> None:
    """Write the settings, and all that is generated from them."""
    write_settings(folder)
    write(folder, generate_project(*read_all(folder)), generated_files(folder))


def link_code(folder: Path, *more: str) -> None:
    """Let a project share this tree's code, by links that stay right where the tree is moved.

    Args:
        folder: The project.
        more: What else is shared; with `build`, the embedded AWS and the provider are installed once for all.
    """
    for name in (*_CODE, *more):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT / name, folder))
