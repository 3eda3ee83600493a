"""CPU time of a warm invocation for each reading, against a floor: `python -m bench.warm_path [--rounds N]`."""

import json
import os
import subprocess
import sys
from typing import Final

from bench.arguments import asked_rounds
from bench.figures import Figure, paired, times
from bench.machine import versions
from bench.publishing import publish
from bench.results import Result, Table
from bench.variables import VARIABLES
from ops.cli.running import run
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress

_MICRO: Final = 1e6


def measure(rounds: int, progress: Progress) -> Result:
    """Take the measurement.

    Raises:
        OpsError: A function failed.
    """
    progress.say(f"three invocations and their floors in turn, {rounds} rounds after one to warm up")
    done = subprocess.run(  # noqa: S603  # a module of this project
        [sys.executable, "-m", "bench.probes.warm", str(rounds)],
        cwd=ROOT,
        env={**os.environ, **VARIABLES},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise OpsError(f"a function failed:\n{done.stderr}")
    samples: dict[str, list[float]] = json.loads(done.stdout)
    figures = {name: Figure.of([one * _MICRO for one in taken]) for name, taken in samples.items()}
    rows = [
        (
            name,
            figure.shown(),
            floor.shown(),
            times(paired(samples[name], samples[f"floor, {name}"])),
            f"{_MICRO / figure.median:,.0f}",
        )
        for name, figure in figures.items()
        if (floor := figures.get(f"floor, {name}"))
    ]
    heads = ("invocation", "CPU a reading, µs", "floor, µs", "of the floor", "readings a second and core")
    kept = {name: [float(f"{one * _MICRO:.4g}") for one in taken] for name, taken in samples.items()}
    return Result(
        "warm_path",
        versions("msgspec", "aws-lambda-powertools"),
        [Table("CPU time of our own work for one reading", heads, rows)],
        samples=kept,
    )


def main() -> int:
    """Measure and publish."""
    rounds, progress = asked_rounds("warm_path", 9), Progress()
    publish(measure(rounds, progress), progress)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
