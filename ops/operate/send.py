"""The body of a request with readings, and what is shown of the API's answer."""

import json
import sys
from pathlib import Path
from typing import Final

import msgspec

from handlers.domain.documents import encode, parse
from handlers.errors import MalformedDocumentError
from ops.aws.api_client import Answer, missing_key_advice
from ops.project.errors import OpsError

DEFAULT_DEVICE: Final = "test-device-001"
DEFAULT_DATA: Final = '{"temp": 25.5}'
_LONGEST_SOURCE: Final = 200
"""Characters of what was typed that an error repeats."""
FIRST_ERROR: Final = 400
"""HTTP statuses from here on are errors."""
_BYTE_ORDER_MARK: Final = "\ufeff"


def build_body(device: str | None, data: str | None, file: Path | None) -> bytes:
    """The body to send: a file's bytes, else one reading from the device and the data, which stays as it was written.

    Args:
        device: The reading's device_id; None: a made-up one.
        data: The reading's sensor_data, a JSON object; None: a temperature.
        file: The whole body, in place of both.

    Raises:
        OpsError: The file contradicts the others or cannot be read, or the file or the data is not JSON.
    """
    if file is not None:
        if device is not None or data is not None:
            raise OpsError(f"FILE={file} has the whole body: leave DEVICE and DATA out")
        body = _read(file)
        _check_json(f"FILE={file}", body)
        return body.encode()
    data = DEFAULT_DATA if data is None else data
    _check_json(f"DATA={data}", data)
    return encode({"device_id": device or DEFAULT_DEVICE, "sensor_data": msgspec.Raw(data.encode())}).encode()


def show(answer: Answer) -> int:
    """Print an answer, every number with its digits.

    Returns:
        An exit code: 1 where the API refused.
    """
    print(f"HTTP {answer.status}")
    if "json" in answer.headers.get("content-type", ""):
        answer.document()  # refuses what can be read in two ways
        print(msgspec.json.format(answer.text, indent=2))
    else:
        print(answer.text)
    if advice := missing_key_advice(answer.status):
        print(advice, file=sys.stderr)
    return int(answer.status >= FIRST_ERROR)


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
    """Refuse what Python reads and JSON does not have: `NaN`, `Infinity`."""
    raise MalformedDocumentError(f"not JSON: {name} is not a number; leave the value out, or send a text")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OpsError(f"FILE={path} cannot be read: {error}") from error
