"""Virtual environments under `build/venv/`, each made from a file of pinned and hashed requirements."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from ops.errors import OpsError
from ops.progress import Progress


def ensure_virtual_environment(folder: Path, requirements: Path, progress: Progress) -> Path:
    """Make the environment, or bring it up to date, where its requirements changed.

    Args:
        folder: Where the environment lies.
        requirements: A file in pip's format, hashes included.
        progress: Told when something is installed.

    Returns:
        The environment's interpreter.

    Raises:
        OpsError: pip failed; its words are in the message.
    """
    interpreter = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if interpreter.exists() and stamp.is_file() and stamp.read_text() == digest:
        return interpreter
    progress.say(f"installing {requirements.name} into {folder.name}'s own virtual environment")
    if not interpreter.exists():
        venv.create(folder, with_pip=True, clear=True)
    _install(interpreter, requirements)
    stamp.write_text(digest)
    return interpreter


def _install(interpreter: Path, requirements: Path) -> None:
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    done = subprocess.run(  # noqa: S603  # pip of an environment that this project made
        [str(interpreter), "-m", "pip", "install", *options, "-r", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        python = ".".join(map(str, sys.version_info[:3]))
        raise OpsError(f"pip (Python {python}) could not install {requirements.name}:\n{done.stderr.strip()}")
