"""The command line: `python -m ops.capacity ENV --devices N --interval S --batch B`, or `--document`."""

import argparse
import sys
from pathlib import Path
from typing import Final

from generate.errors import GenerateError
from generate.settings import EnvironmentSettings
from ops.capacity.assumptions import Assumptions
from ops.capacity.demand import Demand, problems, refuse
from ops.capacity.document import write_documents
from ops.capacity.ours import Ours
from ops.capacity.report import report
from ops.cli.running import run
from ops.project.errors import OpsError
from ops.project.paths import ROOT, find_environment

_NUMBERS: Final = {
    "devices": int,
    "interval": float,
    "batch": int,
    "readings_per_device": int,
    "peak": float,
    "sensor_values": int,
    "stored_months": int,
    "ingestion_milliseconds": float,
    "processor_milliseconds": float,
    "receive_milliseconds": float,
    "alert_rate": float,
    "alerting_devices": float,
    "failure_rate": float,
    "message_failure_rate": float,
}
"""The numbers that can be given, and what each is read as: all that are none are told at once."""
_LONGEST_SHOWN: Final = 40


def asked(arguments: list[str] | None, project: Path) -> Ours | None:
    """Read the command line.

    Args:
        arguments: Of the command line; the process's own by default.
        project: The project's folder.

    Returns:
        The design under its demand; None where the documents are to be written.

    Raises:
        OpsError: With everything that is wrong.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.document:
        return None
    if given.environment is None or given.devices is None or given.interval is None:
        missing = [name for name in ("environment", "devices", "interval") if getattr(given, name) is None]
        raise OpsError(
            f"missing: {', '.join(missing)}. For example: python -m ops.capacity dev --devices 1000 --interval 60"
        )
    found = _read_numbers(given)
    demand = Demand(**{name: getattr(given, name) for name in Demand.__dataclass_fields__})
    assumptions = Assumptions(**{name: getattr(given, name) for name in Assumptions.__dataclass_fields__})
    settings, unknown = _settings(project, given.environment)
    found += unknown
    batch_size = settings.config.batch_size if settings else demand.batch
    found += problems(demand, batch_size, given.environment) + assumptions.problems()
    refuse(found)
    if settings is None:
        raise OpsError(f"no settings of {given.environment}")
    return Ours(demand, settings, assumptions)


def main() -> int:
    """Print the report, or write the documents.

    Returns:
        An exit code.
    """
    ours = asked(None, ROOT)
    if ours is None:
        write_documents(ROOT)
        return 0
    for line in report(ours):
        print(line)
    return 0


def _read_numbers(given: argparse.Namespace) -> list[str]:
    """Read every number in place; one that is none becomes its default, so that the rest is looked at, too.

    An empty one was typed as a variable of make, and is called by that.
    """
    found = []
    for name, kind in _NUMBERS.items():
        text = getattr(given, name)
        try:
            setattr(given, name, text if text is None else kind(text))
        except ValueError:
            asked = "a whole number" if kind is int else "a number"
            given_as = f"--{name.replace('_', '-')} {text[:_LONGEST_SHOWN]}" if text.strip() else f"{name.upper()}="
            found.append(f"{given_as}: {asked} is needed")
            setattr(given, name, kind(_parser().get_default(name) or 1))
    return found


def _settings(project: Path, name: str) -> tuple[EnvironmentSettings | None, list[str]]:
    try:
        return find_environment(project, name), []
    except (OpsError, GenerateError) as error:
        return None, [str(error)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops.capacity", description="What a fleet costs on AWS, and which limit it meets first."
    )
    add = parser.add_argument
    add("environment", nargs="?", help="whose settings count")
    add("--document", action="store_true", help="write docs/scale.md and its charts anew")
    add("--devices", help="how many devices")
    add("--interval", help="seconds between two readings of a device")
    add("--batch", default="1", help="readings in a request (1)")
    add("--readings-per-device", default="1", help="readings of one device in a request (1)")
    add("--peak", default="2.0", help="the busiest second as a multiple of the mean; limits go by it (2)")
    add("--sensor-values", default="3", help="numbers in a reading (3)")
    add("--stored-months", default="1", help="which month's bill: what was stored before is paid for (1)")
    add("--ingestion-milliseconds", help="duration for a request (computed, an assumption)")
    add("--processor-milliseconds", help="duration for a batch (computed, an assumption)")
    add("--receive-milliseconds", default="20.0", help="of a receive that finds messages (20, an assumption)")
    add("--alert-rate", default="0.0", help="share of readings that begin or end an alert (0)")
    add("--alerting-devices", default="0.01", help="share of devices in alert, or within the last day (0.01)")
    add("--failure-rate", default="0.0", help="share of AWS calls that fail and are repeated (0)")
    add("--message-failure-rate", default="0.0", help="share of deliveries that are put off (0)")
    return parser


if __name__ == "__main__":
    sys.exit(run(main))
