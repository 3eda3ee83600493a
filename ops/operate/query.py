"""Asks an environment's API for what it has of a device: `python -m ops.operate.query`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from ops.aws.api_client import API_KEY_HELP
from ops.cli.make_variables import MakeVariables
from ops.cli.running import parse, run
from ops.operate.callers import find_api
from ops.operate.send import DEFAULT_DEVICE, DEVICE_ALLOWED, show
from ops.project.paths import LOCAL, ROOT, deployed_names
from ops.project.progress import Progress

_PARAMETERS: Final = {
    "day": ("event_date", "a day, such as 2026-11-23"),
    "start": ("start", "a time, from which on readings are shown"),
    "end": ("end", "a time, up to which readings are shown"),
    "table": ("table", "processed or raw"),
    "order": ("order", "asc or desc"),
    "limit": ("limit", "the most items to return"),
    "token": ("next_token", "the next_token of the page before"),
    "interval": ("interval", "the length of the intervals to downsample to, from PT1M to P1D"),
    "statistics": ("statistics", "of each interval: min, max, avg, sum, count, separated by commas"),
}
"""Options beside the device: the query parameters of GET /query, and what they say."""


def main(words: Sequence[str] | None = None) -> int:
    """Ask what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ops.operate.query", description=f"Query a device's readings, signed. {API_KEY_HELP}"
    )
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--device", default=DEFAULT_DEVICE, help="device_id to ask for")
    for name, (parameter, meaning) in _PARAMETERS.items():
        parser.add_argument(*dict.fromkeys((f"--{name}", f"--{parameter.replace('_', '-')}")), dest=name, help=meaning)
    arguments = parse(parser, words)
    asked = _asked(MakeVariables(arguments))
    return show(find_api(ROOT, arguments.env, Progress(sys.stderr)).get("/query", asked))


def _asked(variables: MakeVariables) -> dict[str, str]:
    """The query, as typed: what it means is the API's to judge.

    Raises:
        OpsError: Something is empty, or not UTF-8.
    """
    variables.one_of("env", deployed_names(ROOT))
    given = {"device_id": variables.text("device", DEVICE_ALLOWED)}
    given |= {parameter: variables.text(name, meaning) for name, (parameter, meaning) in _PARAMETERS.items()}
    variables.refuse_problems()
    return {parameter: text for parameter, text in given.items() if text is not None}


if __name__ == "__main__":
    sys.exit(run(main))
