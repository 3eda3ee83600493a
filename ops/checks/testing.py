"""`make test`: two runs of pytest side by side.

What needs the running pipeline mostly waits for Terraform and for queues; the other tests compute meanwhile, on every
core.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.project.signals import interrupted_too

if TYPE_CHECKING:
    from subprocess import Popen

_PYTEST: Final = (sys.executable, "-m", "pytest")
_ON_EVERY_CORE: Final = ("-n", "auto", "--dist", "worksteal")
_COVERAGE: Final = ("--cov", "--cov-report=term-missing:skip-covered")
_PAUSE_SECONDS: Final = 0.2


def run_side_by_side(front: Sequence[str], back: Sequence[str], log: Path, output: TextIO) -> int:
    """Run two programs at once, to the end of both.

    Args:
        front: The one whose output is shown at once; it writes to this process's own.
        back: The one whose output is shown after it, live where it still runs.
        log: Where the output of `back` is kept.
        output: Where it is shown.

    Returns:
        The exit code of the first that failed, or 0.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as kept:
        behind = subprocess.Popen(  # noqa: S603  # a program of this project
            back, stdout=kept, stderr=subprocess.STDOUT, text=True, process_group=0
        )
    with behind, interrupted_too(behind):
        ahead = subprocess.Popen(front, text=True, process_group=0)  # noqa: S603  # a program of this project
        with ahead, interrupted_too(ahead):
            code = ahead.wait()
        _follow(log, behind, output)
        return code or behind.wait()


def _follow(log: Path, program: "Popen[str]", output: TextIO) -> None:
    with log.open() as kept:
        while True:
            ended = program.poll() is not None
            output.write(kept.read())
            output.flush()
            if ended:
                return
            time.sleep(_PAUSE_SECONDS)


def run_tests() -> int:
    """Run all tests but the slow proofs."""
    log = ROOT / "build" / "test" / "pipeline.txt"
    progress = Progress()
    progress.say("the tests of the running pipeline begin in the background; what they say comes at the end")
    code = run_side_by_side(
        [*_PYTEST, "-m", "not slow and not pipeline", *_ON_EVERY_CORE, *_COVERAGE],
        [*_PYTEST, "-m", "not slow and pipeline"],
        log,
        sys.stdout,
    )
    progress.say("tests FAILED: look above" if code else "all tests passed")
    return code
