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
    if sys.argv[1:] == ["--document"]:
        write_document(ROOT, date.today())  # noqa: DTZ011 - the writer's own day
        return 0
    parser = argparse.ArgumentParser(prog="python -m ops.capacity")
    parser.add_argument("environment", help="whose settings apply")
    for field in dataclasses.fields(Demand):
        option, kind = f"--{field.name.replace('_', '-')}", int if field.name in _WHOLE else float
        is_required = field.default is dataclasses.MISSING
        parser.add_argument(option, type=kind, required=is_required, default=field.default)
    given = vars(parser.parse_args())
    environment, demand = given.pop("environment"), Demand(**given)
    for line in report(Workload(demand, check(environment, demand, ROOT))):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
