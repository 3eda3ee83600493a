"""What developers wait for, in a clean clone of the last commit: `python -m bench.developing`.

Each command runs as they type it: where nothing is there yet, and, but for the tests, once again.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from bench.environments import BUILD
from bench.figures import rounded, times
from bench.publishing import publish
from bench.results import Result, Table
from ops.commands import run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import ROOT

GOALS: Final = {"generate": 2, "check": 2, "up": 2, "test": 1}
"""How often each is run, in this order; the first run of all also makes the virtual environment."""
_OF_MAKE: Final = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""Of the make that may run this one."""


def measure(progress: Progress) -> Result:
    """Run every command in a clone, which is deleted afterwards.

    Raises:
        OpsError: A command failed; its output is kept beside the clone.
    """
    clone = BUILD / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607  # git of the PATH
    try:
        seconds = {
            f"make {goal}": [_seconds(clone, goal, progress) for _ in range(runs)] for goal, runs in GOALS.items()
        }
    finally:
        _make(clone, "down")
        shutil.rmtree(clone)
    rows = [
        (goal, rounded(first), *([rounded(again[0]), times(again[0] / first)] if again else ["", ""]))
        for goal, (first, *again) in seconds.items()
    ]
    table = Table("Seconds of a command", ("command", "in a clean clone, s", "again, s", "of the first"), rows)
    return Result("developing", {}, [table], samples=seconds)


def _seconds(clone: Path, goal: str, progress: Progress) -> float:
    begun = time.monotonic()
    done = _make(clone, goal)
    seconds = float(f"{time.monotonic() - begun:.4g}")
    if done.returncode:
        log = BUILD / f"{goal}.log"
        log.write_text(done.stdout, encoding="utf-8")
        raise OpsError(f"make {goal} failed in a clean clone: {log} says why")
    progress.say(f"  make {goal}: {seconds} s")
    return seconds


def _make(clone: Path, goal: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name not in _OF_MAKE}
    return subprocess.run(  # noqa: S603  # a goal of this project
        ["make", goal],  # noqa: S607  # make of the PATH
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main() -> int:
    """Measure and publish."""
    argparse.ArgumentParser(prog="python -m bench.developing", description=__doc__).parse_args()
    progress = Progress()
    publish(measure(progress), progress)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
