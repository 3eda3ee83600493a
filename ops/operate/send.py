"""Sends readings to an environment's API: `python -m ops.operate.send`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from handlers.domain.documents import encode, parse
from handlers.errors import MalformedDocumentError
from ops.aws.api_client import API_KEY_HELP, Answer, missing_key_advice
from ops.cli.make_variables import MakeVariables
from ops.cli.running import parse as parse_words
from ops.cli.running import run
from ops.operate.callers import find_api
from ops.project.errors import OpsError
from ops.project.paths import LOCAL, ROOT, deployed_names
from ops.project.progress import Progress

DEFAULT_DEVICE: Final = "test-device-001"
DEFAULT_DATA: Final = '{"temp": 25.5}'
DEVICE_ALLOWED: Final = f"a device_id, such as {DEFAULT_DEVICE}"
_LONGEST_SOURCE: Final = 200
"""Characters of what was typed that an error repeats."""
FIRST_ERROR: Final = 400
"""HTTP statuses from here on tell of an error."""
_BYTE_ORDER_MARK: Final = "\ufeff"


def build_body(arguments: argparse.Namespace) -> bytes:
    """The body to send: a file's bytes, else one reading from the device and the data, which stays as it was written.

    Raises:
        OpsError: Something is empty, contradicts another, or cannot be read; or the file or the data is not JSON.
    """
    variables = MakeVariables(arguments)
    file = variables.text("file", "a file with the whole body")
    device = variables.text("device", DEVICE_ALLOWED)
    data = variables.text("data", f"sensor_data, a JSON object such as {DEFAULT_DATA}")
    if file is not None and not (device is None and data is None):
        variables.refuse("file", "it holds the whole body, so leave DEVICE and DATA out")
    variables.one_of("env", deployed_names(ROOT))
    variables.refuse_problems()
    if file is not None:
        body = _read(Path(file))
        _check_json(f"FILE={file}", body)
        return body.encode()
    data = DEFAULT_DATA if data is None else data
    _check_json(f"DATA={data}", data)
    device = DEFAULT_DEVICE if device is None else device
    return encode({"device_id": device, "sensor_data": msgspec.Raw(data.encode())}).encode()


def show(answer: Answer) -> int:
    """Print an answer, every number with its digits.

    Returns:
        An exit code: 1 where the API refused.
    """
    print(f"HTTP {answer.status}")
    print(_formatted(answer) if "json" in answer.headers.get("content-type", "") else answer.text)
    if advice := missing_key_advice(answer.status):
        print(advice, file=sys.stderr)
    return int(answer.status >= FIRST_ERROR)


def main(words: Sequence[str] | None = None) -> int:
    """Send what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.operate.send", description=f"Send readings. {API_KEY_HELP}")
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--device", help=f"device_id of the reading ({DEFAULT_DEVICE})")
    parser.add_argument("--data", help=f"sensor_data of the reading, a JSON object ({DEFAULT_DATA})")
    parser.add_argument("--file", help="a file with the whole body, for more than one reading; sent byte for byte")
    arguments = parse_words(parser, words)
    body = build_body(arguments)
    progress = Progress(sys.stderr)
    code = show(find_api(ROOT, arguments.env, progress).post("/ingest", body))
    if code == 0:
        progress.say("what is accepted is processed, and then in what make query shows, within seconds")
    return code


def _formatted(answer: Answer) -> str:
    answer.document()
    return msgspec.json.format(answer.text, indent=2)


def _check_json(source: str, text: str) -> None:
    """Refuse what the API could not read either, before there is a call."""
    shown = source if len(source) <= _LONGEST_SOURCE else f"{source[:_LONGEST_SOURCE]}..."
    if text.startswith(_BYTE_ORDER_MARK):
        raise OpsError(f"{shown}: not JSON: it begins with a byte order mark; save it as UTF-8 without one")
    try:
        parse(text)
        json.loads(text, parse_constant=_refuse_constant, parse_int=str, parse_float=str)
    except MalformedDocumentError as error:
        raise OpsError(f"{shown}: {error}") from error


def _refuse_constant(name: str) -> None:
    """Refuse what Python reads and JSON has no word for: `NaN`, `Infinity`."""
    raise MalformedDocumentError(f"not JSON: {name} is no number; leave the value out, or send a text")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OpsError(f"FILE={path} cannot be read: {error}") from error


if __name__ == "__main__":
    sys.exit(run(main))
