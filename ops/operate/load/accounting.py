"""Puts an environment under load, and accounts for every reading."""

import secrets
import sys
import time
from typing import Final

from ops.aws.api_client import ApiClient, missing_key_advice
from ops.operate.callers import Operator
from ops.operate.load.generator import Shape, generate_load
from ops.operate.load.ledger import Ledger
from ops.operate.load.report import Report, make_report
from ops.operate.load.stored import Tables
from ops.project.progress import Progress

PATIENCE_SECONDS: Final = 300.0
"""How long after the load the last reading may come."""
_LOOK_SECONDS: Final = 2.0
_LEFT: Final = "Its readings, of the devices load-*, stay in both tables until they expire, if the settings say when"


def load_environment(operator: Operator, api: ApiClient, shape: Shape, progress: Progress) -> bool:
    """Put an environment under load, and print the account.

    Returns:
        Whether every reading is accounted for: none lost, none doubled.
    """
    names = (operator.output(name) for name in ("RawSensorTableName", "ProcessedDataTableName"))
    report = run_load(api, Tables(operator.access.dynamodb(), *names), shape, progress, PATIENCE_SECONDS)
    print("\n".join(report.lines()))
    for advice in filter(None, map(missing_key_advice, map(int, filter(str.isdecimal, report.answers)))):
        print(advice, file=sys.stderr)
    print(_LEFT)
    return report.is_sound()


def run_load(api: ApiClient, tables: Tables, shape: Shape, progress: Progress, patience: float) -> Report:
    """Send, wait until everything accepted is processed, and account for it.

    Args:
        api: The API, and who calls it.
        tables: Where the readings must arrive.
        shape: What the load looks like.
        progress: Shows what happens.
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
