"""All measurements, one after the other, or one of them: `python -m bench [WHAT]`."""

import argparse
import subprocess
import sys
from typing import Final

from ops.cli.running import FAILED, run
from ops.project.paths import ROOT
from ops.project.progress import Progress

MEASUREMENTS: Final = ("synthesis", "cold_start", "warm_path", "calls", "end_to_end", "developing")


def main() -> int:
    """Run the measurements, each in a process of its own; the others go on where one fails."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Take measurements; render the document.")
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"some of {', '.join(MEASUREMENTS)} (default: all)")
    chosen = parser.parse_args().what or MEASUREMENTS
    unknown = [what for what in chosen if what not in MEASUREMENTS]
    if unknown:
        parser.error(f"WHAT={', '.join(unknown)}: there are {', '.join(MEASUREMENTS)}")
    progress = Progress()
    failed = []
    for what in chosen:
        progress.say(f"== {what}")
        if subprocess.run([sys.executable, "-m", f"bench.{what}"], cwd=ROOT, check=False).returncode:  # noqa: S603
            failed.append(what)
    progress.say(f"failed: {', '.join(failed)}" if failed else "docs/performance.md shows all figures")
    return FAILED if failed else 0


if __name__ == "__main__":
    sys.exit(run(main))
