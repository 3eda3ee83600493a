"""A copy of this tree, to change as somebody would who adopts the project."""

import shutil
from pathlib import Path
from typing import Final

from ops.project.paths import ROOT

_IGNORED: Final = (
    *(".git", ".venv", "build", "dist", "__pycache__", ".terraform", "*.egg-info"),
    *(".coverage*", ".hypothesis", ".*_cache"),
)
"""Git's own folder, and what `.gitignore` names."""


def copy_tree(folder: Path) -> None:
    """Copy the files that are under version control.

    Args:
        folder: The copy, which does not exist yet.
    """
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*_IGNORED))
