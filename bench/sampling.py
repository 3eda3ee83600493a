"""Takes samples of several subjects in alternating rounds, and runs the programs that are measured."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress

Sample = Mapping[str, float]
"""Values of one run by what was measured, such as `wall_seconds`."""

PROBES: Final = Path(__file__).parent / "probes"
_REPEATS: Final = 5
_PASSED_ON: Final = ("PATH", "HOME", "TMPDIR", "LANG")
_LAST_LINES: Final = 15


def alternate(
    subjects: Mapping[str, Callable[[], Sample]], rounds: int, progress: Progress, quick: Collection[str] = ()
) -> dict[str, dict[str, list[float]]]:
    """Measure the subjects in turn, round after round (A B C A B C ...), so that other load affects all of them alike.

    A run of each warms the machine's caches before; it is not in the result.

    Args:
        subjects: What takes one sample, by the subject's name.
        rounds: How many rounds count.
        progress: Shows what is measured.
        quick: The subjects that take five samples in each round.

    Returns:
        All values by subject and by what was measured, in the order in which they were taken.
    """
    for name, take in subjects.items():
        progress.say(f"  warm-up: {name}")
        take()
    samples: dict[str, dict[str, list[float]]] = {name: {} for name in subjects}
    for number in range(1, rounds + 1):
        for name, take in subjects.items():
            progress.say(f"  round {number} of {rounds}: {name}")
            for sample in [take() for _ in range(_REPEATS if name in quick else 1)]:
                for what, value in sample.items():
                    samples[name].setdefault(what, []).append(float(f"{value:.4g}"))
    return samples


def measure_usage(command: Sequence[object], variables: Mapping[str, str]) -> Sample:
    """Run a command and measure it with all processes that it starts.

    Args:
        command: An absolute path, and arguments.
        variables: Its environment variables.

    Returns:
        `wall_seconds`, `cpu_seconds` and `peak_mebibytes`: the largest resident memory of any one of the processes.

    Raises:
        OpsError: The command failed.
    """
    usage: Sample = run_program([sys.executable, "-I", "-S", PROBES / "usage.py", *command], variables)
    return usage


def run_program(command: Sequence[object], variables: Mapping[str, str]) -> Any:
    """Run a program that prints JSON, and return the document.

    Of the user's environment variables it gets only a few: an AWS profile, for example, must not change a figure.

    Raises:
        OpsError: It failed; the end of its error output is in the message.
    """
    words = [str(word) for word in command]
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    done = subprocess.run(  # noqa: S603  # a program of this project
        words, env={**passed_on, **variables}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        errors = done.stderr.splitlines()[-_LAST_LINES:]
        raise OpsError("\n".join([f"{shlex.join(words)} exited with {done.returncode}:", *errors]))
    return json.loads(done.stdout)
