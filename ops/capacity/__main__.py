"""The command line: `python -m ops.capacity ENV --devices N --interval S`, or `--document`."""

import argparse
import dataclasses
import sys
from datetime import date

from ops.capacity.demand import Demand, check
from ops.capacity.document import write_document
from ops.capacity.report import report
from ops.capacity.workload import Workload
from ops.cli.running import run
from ops.project.paths import ROOT

_WHOLE = ("devices", "batch", "readings_per_device", "sensor_values")


def main() -> int:
    """Print the report, or write the document.

    Returns:
        An exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.capacity", argument_default=argparse.SUPPRESS)
    parser.add_argument("environment", nargs="?", help="whose settings apply")
    parser.add_argument("--document", action="store_true", help="write docs/scale.md")
    for field in dataclasses.fields(Demand):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=int if field.name in _WHOLE else float)
    given = vars(parser.parse_args())
    if given.pop("document", False):
        write_document(ROOT, date.today())  # noqa: DTZ011 - the writer's own day
        return 0
    missing = [name for name in ("environment", "devices", "interval") if name not in given]
    if missing:
        parser.error(f"missing: {', '.join(missing)}. Example: python -m ops.capacity dev --devices 1000 --interval 60")
    environment, demand = given.pop("environment"), Demand(**given)
    for line in report(Workload(demand, check(environment, demand, ROOT))):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
