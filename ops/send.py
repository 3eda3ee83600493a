"""Sends readings to an environment's API: `python -m ops.send`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ops.callers import find_api
from ops.client import API_KEY_HELP, Answer, missing_key_advice
from ops.commands import parse, run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import LOCAL, ROOT

DEFAULT_DEVICE: Final = "test-device-001"
DEFAULT_DATA: Final = '{"temp": 25.5}'
_LONGEST_SOURCE: Final = 200
"""Characters of what was typed that an error repeats."""
FIRST_ERROR: Final = 400
"""HTTP statuses from here on tell of an error."""


def build_body(arguments: argparse.Namespace) -> object:
    """The body to send: a file's content as it is, else one reading from the device and data given.

    Raises:
        OpsError: The file cannot be read, or it or the data is no JSON.
    """
    if arguments.file:
        return _parsed(str(arguments.file), _read(arguments.file))
    return {"device_id": arguments.device, "sensor_data": _parsed(f"DATA={arguments.data}", arguments.data)}


def show(answer: Answer) -> int:
    """Print an answer.

    Returns:
        An exit code: 1 where the API refused.
    """
    print(f"HTTP {answer.status}")
    print(json.dumps(answer.document(), indent=2) if "json" in answer.headers.get("content-type", "") else answer.text)
    if advice := missing_key_advice(answer.status):
        print(advice, file=sys.stderr)
    return int(answer.status >= FIRST_ERROR)


def main(words: Sequence[str] | None = None) -> int:
    """Send what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.send", description=f"Send readings, signed. {API_KEY_HELP}")
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--device", default=DEFAULT_DEVICE, help="device_id of the reading")
    parser.add_argument("--data", default=DEFAULT_DATA, help="sensor_data of the reading, a JSON object")
    parser.add_argument("--file", type=Path, help="a file with the whole body, for more than one reading")
    arguments = parse(parser, words)
    body = build_body(arguments)
    progress = Progress(sys.stderr)
    code = show(find_api(ROOT, arguments.env, progress).post("/ingest", body))
    if code == 0:
        progress.say("what is accepted is processed, and then in what make query shows, within seconds")
    return code


def _parsed(source: str, text: str) -> object:
    source = source if len(source) <= _LONGEST_SOURCE else f"{source[:_LONGEST_SOURCE]}..."
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise OpsError(f"{source} is no JSON: {error}") from error
    except ValueError as error:  # Python's own bound on the digits of an integer
        raise OpsError(f"{source} holds a number with thousands of digits, which no reading may have") from error
    except RecursionError as error:
        raise OpsError(f"{source} is nested too deeply") from error


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise OpsError(f"FILE={path} cannot be read: {error}") from error


if __name__ == "__main__":
    sys.exit(run(main))
