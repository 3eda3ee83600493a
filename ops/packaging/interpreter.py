"""Finds a Python interpreter of a given version, on this machine or from uv."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from ops.project.errors import OpsError
from ops.project.progress import Progress
from ops.setup.installer import ROOT, find_uv, run_uv, uv_variables

_FETCHED: Final = {"UV_PYTHON_INSTALL_DIR": str(ROOT / "build" / "python")}
"""Where uv keeps what it fetches; the user's own folder stays as it is."""


def find_interpreter(version: str, progress: Progress) -> Path | None:
    """A CPython of that version: the running one, else one that uv finds, else one that uv fetches and verifies.

    Args:
        version: Major and minor, such as `3.11`.
        progress: Shows that one is fetched, and why that failed.
    """
    if version == ".".join(map(str, sys.version_info[:2])):
        return Path(sys.executable)
    found = _find(version, progress)
    if found is None:
        progress.say(f"fetching Python {version}, which compiles the packages")
        try:
            run_uv(["python", "install", "--quiet", version], progress, f"fetching Python {version}", _FETCHED)
        except OpsError as error:
            progress.say(f"  {str(error).splitlines()[-1]}")
        found = _find(version, progress)
    return found


def _find(version: str, progress: Progress) -> Path | None:
    command = [find_uv(progress), "python", "find", "--no-project", "--no-python-downloads", f"cpython@{version}"]
    done = subprocess.run(  # noqa: S603  # the uv that this project found
        command, env={**uv_variables(), **_FETCHED}, capture_output=True, text=True, check=False, cwd=os.sep
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None
