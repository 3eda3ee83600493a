"""Measures whole processes in turn: A B C A B C ..., so that what else the machine does meets all of them alike."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ops.project.errors import OpsError
from ops.project.progress import Progress

_RUNNER: Final = Path(__file__).with_name("runner.py")
_KEPT: Final = ("PATH", "HOME", "TMPDIR", "LANG")
_LAST_LINES: Final = 15


@dataclass(frozen=True)
class Sample:
    """What one run took.

    Attributes:
        wall_seconds: From start to end of the command.
        cpu_seconds: User and system, of the command and all its descendants.
        peak_mebibytes: The largest resident memory of any one of them.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mebibytes: float


@dataclass(frozen=True)
class Variant:
    """One of the things that are compared.

    Attributes:
        name: For people, and the key of its results.
        command: An absolute path first.
        variables: Environment variables beside the few that every run has.
        repeats: Runs in each round: quick ones are repeated, slow ones are not.
        before: Done before each run, unmeasured.
        expected: The exit code; another one is a failure of the measurement.
    """

    name: str
    command: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    repeats: int = 1
    before: Callable[[], None] = lambda: None
    expected: int = 0


def alternate(variants: Sequence[Variant], rounds: int, progress: Progress) -> dict[str, list[Sample]]:
    """Run every variant once to warm the machine's caches, then all in turn, round after round.

    Returns:
        The samples by the variants' names; those of the first, unmeasured run are left out.

    Raises:
        OpsError: A command failed; its last words are in the message.
    """
    samples: dict[str, list[Sample]] = {variant.name: [] for variant in variants}
    for variant in variants:
        progress.say(f"  once to warm up: {variant.name}")
        run_once(variant)
    for number in range(1, rounds + 1):
        for variant in variants:
            taken = [run_once(variant) for _ in range(variant.repeats)]
            samples[variant.name] += taken
            progress.say(f"  round {number} of {rounds}: {variant.name}: {taken[-1].wall_seconds:.3f} s")
    return samples


def run_once(variant: Variant) -> Sample:
    """Run a variant once.

    Raises:
        OpsError: The command failed.
    """
    variant.before()
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | dict(variant.variables)
    with TemporaryDirectory(prefix="bench-") as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(  # noqa: S603  # a command of this project
            [sys.executable, "-I", "-S", str(_RUNNER), str(report), *variant.command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != variant.expected:
            words = (done.stdout + done.stderr).splitlines()[-_LAST_LINES:]
            raise OpsError("\n".join([f"{variant.name} ended with {done.returncode}:", *words]))
        return Sample(**json.loads(report.read_text(encoding="utf-8")))
