"""Puts an environment under load, and accounts for every reading."""

import sys
from typing import Final

from ops.aws.api_client import ApiClient, missing_key_advice
from ops.operate.callers import Operator
from ops.operate.load.generator import Shape, run_load
from ops.operate.load.ledger import Tables
from ops.project.progress import Progress

_LEFT: Final = "Its readings, of the devices load-*, stay in both tables until they expire, if the settings say when"


def load_environment(operator: Operator, api: ApiClient, shape: Shape, progress: Progress) -> bool:
    """Put an environment under load, and print the account.

    Returns:
        Whether every reading is accounted for: none lost, none doubled.
    """
    names = (operator.output(name) for name in ("RawSensorTableName", "ProcessedDataTableName"))
    report = run_load(api, Tables(operator.access.dynamodb(), *names), shape, progress)
    print("\n".join(report.lines()))
    for advice in filter(None, map(missing_key_advice, map(int, filter(str.isdecimal, report.ledger.answers)))):
        print(advice, file=sys.stderr)
    print(_LEFT)
    return report.is_sound()
