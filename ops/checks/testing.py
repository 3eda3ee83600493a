"""`make test`: two runs of pytest side by side.

What needs the running pipeline mostly waits for Terraform and for queues; the other tests compute meanwhile, on every
core.
"""

import sys
from collections.abc import Sequence
from subprocess import PIPE, STDOUT, Popen
from typing import Final, TextIO

from ops.project.programs import interrupted_too
from ops.project.progress import Progress

_PYTEST: Final = (sys.executable, "-m", "pytest", "-m")
_ON_EVERY_CORE: Final = ("-n", "auto", "--dist", "worksteal")
_COVERAGE: Final = ("--cov", "--cov-report=term-missing:skip-covered")


def run_tests(progress: Progress) -> int:
    """Run all tests but the slow proofs.

    Returns:
        An exit code: pytest's, of the first run that failed.
    """
    progress.say("the tests of the running pipeline run in the background; their output comes at the end")
    code = run_side_by_side(
        [*_PYTEST, "not slow and not pipeline", *_ON_EVERY_CORE, *_COVERAGE],
        [*_PYTEST, "not slow and pipeline"],
        sys.stdout,
    )
    progress.say("tests FAILED: see above" if code else "all tests passed")
    return code


def run_side_by_side(front: Sequence[str], back: Sequence[str], output: TextIO) -> int:
    """Run two programs at once, to the end of both.

    Args:
        front: Writes to this process's own output.
        back: Its output is shown after the end of `front`. It waits there should it print more than a pipe takes.
        output: Where the output of `back` is shown.

    Returns:
        The exit code of the first that failed, or 0.
    """
    # Process groups of their own: a program gets one interruption from us, not another from the terminal.
    behind = Popen(back, stdout=PIPE, stderr=STDOUT, text=True, process_group=0)  # noqa: S603  # ours
    with behind, interrupted_too(behind):
        ahead = Popen(front, text=True, process_group=0)  # noqa: S603  # ours
        with ahead, interrupted_too(ahead):
            code = ahead.wait()
        for line in behind.stdout or ():
            output.write(line)
            output.flush()
        return code or behind.wait()
