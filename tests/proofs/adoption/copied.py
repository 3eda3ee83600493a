"""A copy of this tree, to be changed as somebody would who adopts the project."""

import shutil
from pathlib import Path
from typing import Final

from ops.project.paths import ROOT

_LEFT: Final = (
    *(".git", ".venv", "build", "dist", "__pycache__", ".terraform", "*.egg-info"),
    *(".coverage*", ".hypothesis", ".*_cache"),
)
"""What git keeps for itself, and what it is told to ignore."""


def copy_tree(folder: Path) -> None:
    """Copy what is kept in version control.

    Args:
        folder: Where it goes; made here.
    """
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*_LEFT))
