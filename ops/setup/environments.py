"""The project's virtual environments, each made from a file of exact and hashed requirements.

`python -m ops.setup.environments project|dev|...` is what `make` runs first: it imports only the standard library.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ops.project.errors import OpsError
from ops.project.progress import Progress
from ops.setup.installer import PINS, ROOT, VIRTUAL_ENVIRONMENT, find_uv, run_uv

_PROJECT: Final = "project"
_COMMAND: Final = """\
#!/bin/sh
'''exec' "$(dirname -- "$0")/python" "$0" "$@"
' '''
import sys
sys.path[0] = __file__.rsplit("/", 3)[0]
from ops.cli.command import main
sys.exit(main())
"""
"""The program `iot-pipeline` of a checkout: to the shell it runs itself with the interpreter beside it."""
_DEVELOPMENT: Final = "dev"
"""Both are installed into `.venv`: `dev` has all of `project`, in the same versions."""


def environment_folder(name: str) -> Path:
    """Where the environment of one of the files of `ops/setup/requirements/` is."""
    return VIRTUAL_ENVIRONMENT if name in (_PROJECT, _DEVELOPMENT) else ROOT / "build" / "venv" / name


def ensure_environment(folder: Path, requirements: Path, progress: Progress) -> Path:
    """Make the environment, or bring it up to date, where its requirements changed.

    Args:
        folder: Where the environment is.
        requirements: A file of exact versions with hashes.
        progress: Notified when something is installed.

    Returns:
        The environment's interpreter.

    Raises:
        OpsError: An installer failed; its output is in the message.
    """
    with _alone(folder.parent):
        if not is_current(folder, requirements):
            progress.say(f"installing what {requirements.name} lists (once)")
            _install(folder, requirements, progress)
        _stamp(folder, requirements).touch()  # make compares times
    return _interpreter(folder)


def ensure(name: str, progress: Progress) -> Path:
    """The interpreter of one of the project's own environments, which is made where it is missing.

    Args:
        name: Of a file of `ops/setup/requirements/`, such as `embedded`.
        progress: Notified when something is installed.

    Raises:
        OpsError: An installer failed; its output is in the message.
    """
    folder = environment_folder(name)
    if name == _PROJECT and is_current(folder, PINS / f"{_DEVELOPMENT}.txt"):
        return _interpreter(folder)
    return ensure_environment(folder, PINS / f"{name}.txt", progress)


def is_current(folder: Path, requirements: Path) -> bool:
    """Whether an environment has exactly what its requirements list: their copy is its stamp."""
    stamp = _stamp(folder, requirements)
    return _interpreter(folder).exists() and stamp.is_file() and stamp.read_bytes() == requirements.read_bytes()


def write_command(folder: Path) -> None:
    """Write the program `iot-pipeline` of a checkout into its environment, as an installed wheel has one."""
    command = folder / "bin" / "iot-pipeline"
    command.write_text(_COMMAND)
    command.chmod(0o755)


def _install(folder: Path, requirements: Path, progress: Progress) -> None:
    if not _interpreter(folder).exists():
        options = ["--quiet", "--clear", "--python", sys.executable]
        run_uv(["venv", *options, str(folder)], progress, f"making {folder.name}")
    for stamp in folder.glob("*.installed"):
        stamp.unlink()
    options = ["--quiet", "--require-hashes", "--python", str(_interpreter(folder))]
    run_uv(["pip", "sync", *options, str(requirements)], progress, f"installing {requirements.name}")
    if folder == VIRTUAL_ENVIRONMENT:
        write_command(folder)
    _stamp(folder, requirements).write_bytes(requirements.read_bytes())


def _interpreter(folder: Path) -> Path:
    return folder / "bin" / "python"


def _stamp(folder: Path, requirements: Path) -> Path:
    return folder / f"{requirements.stem}.installed"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time install below a folder; the system releases its lock however the process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def main() -> int:
    """Make the environments that the command line names, side by side."""
    progress = Progress()
    try:
        with _alone(ROOT):
            find_uv(progress)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda name: ensure(name, progress), sys.argv[1:]))
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
