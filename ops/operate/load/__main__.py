"""The command line of the load: `python -m ops.operate.load`."""

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Final

from handlers.contract import MAXIMUM_BATCH_SIZE
from ops.aws.api_client import API_KEY_HELP, ApiClient, missing_key_advice
from ops.cli.make_variables import MakeVariables
from ops.cli.running import FAILED, parse, run
from ops.operate.callers import find_api, find_operator
from ops.operate.load.generator import Shape, generate_load
from ops.operate.load.ledger import Ledger
from ops.operate.load.report import Report, make_report
from ops.operate.load.stored import Tables
from ops.project.paths import LOCAL, ROOT, deployed_names
from ops.project.progress import Progress

PATIENCE_SECONDS: Final = 300.0
"""How long after the load the last reading may come."""
_LOOK_SECONDS: Final = 2.0
_LEFT: Final = "Its readings, of the devices load-*, stay in both tables until they expire, if the settings say when"
_LIMITS: Final = {"devices": 10_000, "seconds": 3600, "batch": MAXIMUM_BATCH_SIZE, "clients": 256}


def run_load(api: ApiClient, tables: Tables, shape: Shape, progress: Progress, patience: float) -> Report:
    """Send, wait until everything accepted is processed, and account for it.

    Args:
        api: The API, and who calls it.
        tables: Where the readings must arrive.
        shape: What the load looks like.
        progress: Told what happens.
        patience: Seconds after the load until what is missing counts as lost.
    """
    name = f"load-{secrets.token_hex(4)}"
    progress.say(f"{name}: {shape.devices} devices, {shape.clients} clients, {shape.batch} readings a request")
    begun = time.monotonic()
    ledger = generate_load(api, shape, name)
    seconds = time.monotonic() - begun
    progress.say(f"sent for {seconds:.1f} s: {len(ledger.accepted)} readings accepted; waiting for the last")
    _await_processing(ledger, tables, progress, patience)
    return make_report(ledger, tables.read(sorted({reading.device_id for reading in ledger.sent()})), seconds)


def _await_processing(ledger: Ledger, tables: Tables, progress: Progress, patience: float) -> None:
    """Look again and again at the devices that are not done."""
    ends = time.monotonic() + patience
    waiting = set(ledger.accepted)
    while True:
        waiting -= tables.read(sorted({reading.device_id for reading in waiting})).processed.keys()
        if not waiting or time.monotonic() > ends:
            return
        progress.say(f"  {len(waiting)} are not processed yet")
        time.sleep(_LOOK_SECONDS)


def main(words: Sequence[str] | None = None) -> int:
    """Put the environment of the command line under load.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ops.operate.load",
        description=f"Load, and account for every reading. {_LEFT}. {API_KEY_HELP}",
    )
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--devices", default="20", help="devices that send")
    parser.add_argument("--seconds", default="30", help="how long they send")
    parser.add_argument("--batch", default="10", help="readings in a request")
    parser.add_argument("--clients", default="4", help="requests at a time; the embedded AWS stands about 4")
    arguments = parse(parser, words)
    shape = _shape(MakeVariables(arguments))
    progress = Progress()
    operator = find_operator(ROOT, arguments.env, progress)
    names = (operator.output(name) for name in ("RawSensorTableName", "ProcessedDataTableName"))
    api = find_api(ROOT, arguments.env, progress)
    report = run_load(api, Tables(operator.access.dynamodb(), *names), shape, progress, PATIENCE_SECONDS)
    print("\n".join(report.lines()))
    for advice in filter(None, map(missing_key_advice, map(int, filter(str.isdecimal, report.answers)))):
        print(advice, file=sys.stderr)
    print(_LEFT)
    return 0 if report.is_sound() else FAILED


def _shape(variables: MakeVariables) -> Shape:
    numbers = {name: variables.whole_number(name, most) for name, most in _LIMITS.items()}
    variables.one_of("env", deployed_names(ROOT))
    variables.refuse_problems()
    return Shape(**numbers)


if __name__ == "__main__":
    sys.exit(run(main))
