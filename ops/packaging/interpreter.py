"""Finds a Python interpreter of a given version on this machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_VERSION: Final = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


def interpreter_version(interpreter: Path) -> str | None:
    """Its version, such as `3.11.7`, or None where it does not run (a version manager's empty shim, for one)."""
    if interpreter == Path(sys.executable):
        return ".".join(map(str, sys.version_info[:3]))
    try:
        done = subprocess.run(  # noqa: S603  # a program named python, asked for its version
            [str(interpreter), "-c", _VERSION], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def find_interpreter(version: str) -> Path | None:
    """A CPython of that minor version: the running one, else `python<version>` on PATH.

    Args:
        version: Major and minor, such as `3.11`.
    """
    candidates = [sys.executable]
    candidates += [shutil.which(f"python{version}", path=folder) or "" for folder in os.get_exec_path()]
    for candidate in filter(None, candidates):
        found = interpreter_version(Path(candidate))
        if found and found.rpartition(".")[0] == version:
            return Path(candidate)
    return None
