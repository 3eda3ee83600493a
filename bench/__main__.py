"""Takes all measurements, or those that are named: `python -m bench [WHAT ...] [--rounds N]`."""

import argparse
import sys
from typing import Final

from bench import calls, cold_start, developing, end_to_end, synthesis, warm_path
from bench.document import publish
from ops.cli.running import run
from ops.project.progress import Progress

MEASUREMENTS: Final = {
    "synthesis": (synthesis.measure, 3),
    "cold_start": (cold_start.measure, 21),
    "warm_path": (warm_path.measure, 9),
    "calls": (calls.measure, 1),
    "end_to_end": (end_to_end.measure, 3),
    "developing": (developing.measure, 3),
}
"""How each is taken, and its rounds by default. AWS calls are counted once, whatever the rounds."""


def main() -> int:
    """Take the measurements one after the other, and publish each."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and render docs/performance.md.")
    parser.add_argument("what", nargs="*", choices=MEASUREMENTS, metavar="WHAT", help=", ".join(MEASUREMENTS))
    parser.add_argument("--rounds", type=int, choices=range(1, 1001), metavar="N", help="rounds of each: 1 to 1000")
    arguments = parser.parse_args()
    progress = Progress()
    for name in arguments.what or MEASUREMENTS:
        measure, rounds = MEASUREMENTS[name]
        progress.say(f"== {name}")
        publish(measure(arguments.rounds or rounds, progress))
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
