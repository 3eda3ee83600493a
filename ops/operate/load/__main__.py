"""The command line of the load: `python -m ops.operate.load`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from handlers.contract import MAXIMUM_BATCH_SIZE
from ops.aws.api_client import API_KEY_HELP, missing_key_advice
from ops.cli.make_variables import MakeVariables
from ops.cli.running import FAILED, parse, run
from ops.operate.callers import find_api, find_operator
from ops.operate.load.generator import Shape, run_load
from ops.operate.load.ledger import Tables
from ops.project.paths import LOCAL, ROOT, deployed_names
from ops.project.progress import Progress

_LEFT: Final = "Its readings, of the devices load-*, stay in both tables until they expire, if the settings say when"
_LIMITS: Final = {"devices": 10_000, "seconds": 3600, "batch": MAXIMUM_BATCH_SIZE, "clients": 256}


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
    report = run_load(api, Tables(operator.access.dynamodb(), *names), shape, progress)
    print("\n".join(report.lines()))
    for advice in filter(None, map(missing_key_advice, map(int, filter(str.isdecimal, report.ledger.answers)))):
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
