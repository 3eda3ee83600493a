"""The project's virtual environments, each made from a file of exact and hashed requirements.

`python -m ops.environments project|dev|...` is the first thing that `make` runs: it imports only the standard library.
"""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from ops.errors import OpsError
from ops.installer import PINS, ROOT, VIRTUAL_ENVIRONMENT, find_uv, make_environment, run_uv
from ops.progress import Progress

_IN_THE_PROJECTS_OWN: Final = ("project", "dev")
"""Both are installed into `.venv`: `dev` holds all of `project`, in the same versions."""


def environment_folder(name: str) -> Path:
    """Where the environment of one of the files of `ops/requirements/` is."""
    return VIRTUAL_ENVIRONMENT if name in _IN_THE_PROJECTS_OWN else ROOT / "build" / "venv" / name


def ensure_environment(folder: Path, requirements: Path, progress: Progress) -> Path:
    """Make the environment, or bring it up to date, where its requirements changed.

    Args:
        folder: Where the environment is.
        requirements: A file of exact versions with hashes.
        progress: Told when something is installed.

    Returns:
        The environment's interpreter.

    Raises:
        OpsError: An installer failed; its output is in the message.
    """
    interpreter = folder / "bin" / "python"
    stamp = folder / f"{requirements.stem}.installed"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not (interpreter.exists() and stamp.is_file() and stamp.read_text() == digest):
        progress.say(f"installing what {requirements.name} lists (once)")
        _install(folder, interpreter, requirements, progress)
    stamp.write_text(digest)  # anew, too, where nothing has changed: make compares times
    return interpreter


def _install(folder: Path, interpreter: Path, requirements: Path, progress: Progress) -> None:
    uv = find_uv(progress)
    if not interpreter.exists():
        make_environment(uv, folder, progress)
    for stamp in folder.glob("*.installed"):
        stamp.unlink()
    options = ["--quiet", "--require-hashes", "--python", str(interpreter)]
    run_uv(["pip", "sync", *options, str(requirements)], progress, f"installing {requirements.name}")


def ensure(name: str, progress: Progress) -> Path:
    """The interpreter of one of the project's own environments, which is made where it is missing.

    Args:
        name: Of a file of `ops/requirements/`, such as `embedded`.
        progress: Told when something is installed.

    Raises:
        OpsError: An installer failed; its output is in the message.
    """
    return ensure_environment(environment_folder(name), PINS / f"{name}.txt", progress)


def main() -> int:
    """Make the environments that the command line names, side by side."""
    progress = Progress()
    try:
        find_uv(progress)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda name: ensure(name, progress), sys.argv[1:]))
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
