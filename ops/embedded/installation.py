"""MiniStack's own virtual environment: its pins differ from the project's."""

from pathlib import Path

from ops.progress import Progress
from ops.virtual_environment import ensure_virtual_environment

REQUIREMENTS = Path("ops") / "requirements" / "embedded.txt"


def ensure_installed(root: Path, progress: Progress) -> Path:
    """The interpreter that runs MiniStack and the functions inside it; installed where it is not.

    Raises:
        OpsError: pip failed.
    """
    return ensure_virtual_environment(root / "build" / "venv" / "embedded", root / REQUIREMENTS, progress)
