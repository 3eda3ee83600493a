"""What developers wait for, in a clean clone of the last commit.

Each command runs as they type it: for the first time and, but for the tests, once again. No package is cached.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bench.environments import BUILD
from bench.results import Result
from bench.sampling import Sample, alternate
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress

GOALS: Final = {"demo": 2, "generate": 2, "check": 2, "test": 1}
"""How often each goal of make is run, in this order; the very first run also installs what it needs."""
INSTALLED: Final = ("project", "embedded")
"""The environments of `make demo`."""
_PYTHON: Final = str(Path(sys.base_prefix, "bin", "python3"))
"""The machine's own, which is there before anything is installed."""
_OF_MAKE: Final = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""Set by the make that runs this one."""
_NO_CACHE: Final = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}
_LAST_LINES: Final = 30


def measure(rounds: int, progress: Progress) -> Result:
    """Run every command in a clone, which is deleted afterwards.

    Raises:
        OpsError: A command failed; the end of its output is in the message.
    """
    clone = BUILD / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607  # git of the PATH
    try:
        installed = alternate(_installers(clone), rounds, progress)
        seconds: dict[str, list[float]] = {name: sample["wall_seconds"] for name, sample in installed.items()}
        for goal, runs in GOALS.items():
            progress.say(f"  make {goal}")
            seconds[f"make {goal}"] = [float(f"{_run(clone, ['make', goal]):.4g}") for _ in range(runs)]
    finally:
        subprocess.run(["make", "down"], cwd=clone, check=False)  # noqa: S607  # make of the PATH
        shutil.rmtree(clone)
    return Result("developing", seconds)


def _installers(clone: Path) -> dict[str, Callable[[], Sample]]:
    """What installs the environments of `make demo`, with uv as make does or with pip, and deletes them again."""

    def install(commands: Sequence[Sequence[str]]) -> Sample:
        seconds = sum(_run(clone, command) for command in commands)
        for folder in (".venv", "build"):
            shutil.rmtree(clone / folder, ignore_errors=True)
        return {"wall_seconds": seconds}

    pip: list[Sequence[str]] = []
    for name in INSTALLED:
        python, pins = f"build/pip/{name}/bin/python", f"ops/setup/requirements/{name}.txt"
        pip.append([_PYTHON, "-m", "venv", f"build/pip/{name}"])
        pip.append([python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", pins])
    uv = partial(install, [[_PYTHON, "-m", "ops.setup.environments", *INSTALLED]])
    return {"uv, fetched by pip first": uv, "pip": partial(install, pip)}


def _run(clone: Path, command: Sequence[str]) -> float:
    """Run a command in the clone; return the seconds that it took."""
    variables = {name: value for name, value in os.environ.items() if name not in _OF_MAKE} | _NO_CACHE
    start = time.monotonic()
    done = subprocess.run(  # noqa: S603  # a goal of this project, or an installer
        command, cwd=clone, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        output = "\n".join(done.stdout.splitlines()[-_LAST_LINES:])
        raise OpsError(f"{' '.join(command)} failed in a clean clone:\n{output}")
    return time.monotonic() - start
