"""Asks an environment's API for what it has of a device: `python -m ops.query`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from ops.callers import find_api
from ops.client import API_KEY_HELP
from ops.commands import parse, run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import LOCAL, ROOT
from ops.send import DEFAULT_DEVICE, show

_PARAMETERS: Final = {
    "event_date": "a day, such as 2026-11-23",
    "start": "from this time on",
    "end": "up to this time",
    "table": "processed or raw",
    "order": "asc or desc",
    "limit": "the most items to return",
    "next_token": "where the page before ended",
    "interval": "downsample to intervals of this length, from PT1M to P1D",
    "statistics": "of each interval: min, max, avg, sum, count, separated by commas",
}
"""Query parameters of GET /query beside the device, and what they say."""


def main(words: Sequence[str] | None = None) -> int:
    """Ask what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ops.query", description=f"Query a device's readings, signed. {API_KEY_HELP}"
    )
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--device", default=DEFAULT_DEVICE, help="device_id to ask for")
    for name, meaning in _PARAMETERS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=meaning)
    arguments = parse(parser, words)
    given = {name: getattr(arguments, name) for name in _PARAMETERS if getattr(arguments, name)}
    asked = {"device_id": arguments.device, **given}
    for name, text in asked.items():
        _check_text(name, text)
    return show(find_api(ROOT, arguments.env, Progress(sys.stderr)).get("/query", asked))


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # the shell's bytes were no UTF-8
        raise OpsError(f"{name}={ascii(text)[:200]} is not UTF-8") from error


if __name__ == "__main__":
    sys.exit(run(main))
