"""What developers wait for, in a clean clone of the last commit: `python -m bench.developing`.

Each command runs as they type it: where nothing is there yet, and, but for the tests, once again. Nothing is taken from
a cache of packages.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.environments import BUILD
from bench.figures import rounded, times
from bench.publishing import publish
from bench.results import Result, Table, Target
from ops.cli.running import run
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress

GOALS: Final = {"demo": 2, "generate": 2, "check": 2, "test": 1}
"""How often each is run, in this order; the first run of all also installs what it needs."""
INSTALLED: Final = ("project", "embedded")
"""The environments of `make demo`."""
_DEMO_SECONDS: Final = 110
_ROUNDS: Final = 3
_OF_MAKE: Final = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""Of the make that may run this one."""
_NO_CACHE: Final = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}


def measure(progress: Progress) -> Result:
    """Run every command in a clone, which is deleted afterwards.

    Raises:
        OpsError: A command failed; its output is kept beside the clone.
    """
    clone = BUILD / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607  # git of the PATH
    try:
        installing = _installing(clone, progress)
        seconds = {f"make {goal}": [_make(clone, goal, progress) for _ in range(runs)] for goal, runs in GOALS.items()}
    finally:
        subprocess.run(["make", "down"], cwd=clone, check=False)  # noqa: S607  # make of the PATH
        shutil.rmtree(clone)
    return Result(
        "developing",
        {},
        [_commands(seconds), _installers(installing)],
        [_demo_target(seconds["make demo"][0])],
        samples={**seconds, **installing},
    )


def _commands(seconds: dict[str, list[float]]) -> Table:
    rows = [
        (goal, rounded(first), *([rounded(again[0]), times(again[0] / first)] if again else ["", ""]))
        for goal, (first, *again) in seconds.items()
    ]
    return Table("Seconds of a command", ("command", "in a clean clone, s", "again, s", "of the first"), rows)


def _installers(seconds: dict[str, list[float]]) -> Table:
    (uv, pip) = (min(taken) for taken in seconds.values())
    rows = [(name, rounded(min(taken)), times(min(taken) / uv)) for name, taken in seconds.items()]
    title = f"Installing what make demo needs (the quickest of {_ROUNDS}; pip takes {times(pip / uv)} of uv)"
    return Table(title, ("installer", "s", "of uv"), rows)


def _demo_target(found: float) -> Target:
    promise = f"make demo from nothing in {_DEMO_SECONDS} s on two cores"
    return Target(
        promise,
        f"{rounded(found)} s",
        found <= _DEMO_SECONDS,
        "the provider waits for the key, then for one queue after the other, about 75 s in a row.",
    )


def _installing(clone: Path, progress: Progress) -> dict[str, list[float]]:
    """Install the same files with uv, as make does, and with pip, in turn; afterwards nothing is installed."""
    ways = {"uv, fetched by pip first": _with_uv(), "pip": _with_pip(clone)}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_ROUNDS):
        for name, commands in ways.items():
            taken[name].append(sum(_run(clone, command, "installing", progress) for command in commands))
            shutil.rmtree(clone / ".venv", ignore_errors=True)
            shutil.rmtree(clone / "build", ignore_errors=True)
    return taken


def _with_uv() -> list[Sequence[str]]:
    return [[_base_interpreter(), "-m", "ops.setup.environments", *INSTALLED]]


def _with_pip(clone: Path) -> list[Sequence[str]]:
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    commands: list[Sequence[str]] = []
    for name in INSTALLED:
        folder = clone / "build" / "pip" / name
        pins = f"ops/setup/requirements/{name}.txt"
        commands.append([_base_interpreter(), "-m", "venv", str(folder)])
        commands.append([str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", pins])
    return commands


def _base_interpreter() -> str:
    """The machine's own Python, which a person has before anything is installed."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _make(clone: Path, goal: str, progress: Progress) -> float:
    seconds = _run(clone, ["make", goal], goal, progress)
    progress.say(f"  make {goal}: {seconds} s")
    return seconds


def _run(clone: Path, command: Sequence[str], name: str, progress: Progress) -> float:
    environment = {key: value for key, value in os.environ.items() if key not in _OF_MAKE}
    begun = time.monotonic()
    with progress.waiting(lambda: name):
        done = subprocess.run(  # noqa: S603  # a goal of this project, or an installer
            command,
            cwd=clone,
            env={**environment, **_NO_CACHE},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if done.returncode:
        log = BUILD / f"{name}.log"
        log.write_text(done.stdout, encoding="utf-8")
        raise OpsError(f"{' '.join(command)} failed in a clean clone: {log} says why")
    return float(f"{time.monotonic() - begun:.4g}")


def main() -> int:
    """Measure and publish."""
    argparse.ArgumentParser(prog="python -m bench.developing", description=__doc__).parse_args()
    progress = Progress()
    publish(measure(progress), progress)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
