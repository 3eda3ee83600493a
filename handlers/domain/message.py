"""The message that carries an accepted reading through the queue."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from handlers.domain.documents import encode, parse
from handlers.domain.problems import FaultsError
from handlers.domain.reading import Reading
from handlers.domain.validation import event_time, validate
from handlers.errors import MalformedDocumentError, PipelineError

SCHEMA_VERSION: Final = 1


class MalformedMessageError(PipelineError):
    """A message that can never be processed by this version of the code; says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """An accepted reading on its way.

    Attributes:
        reading: what was accepted; its timestamp is always set.
        accepted_at: when, epoch milliseconds.
    """

    reading: Reading
    accepted_at: int


def to_body(message: Message) -> str:
    """Write the message as JSON, its schema version first."""
    reading = message.reading
    return encode(
        {
            "version": SCHEMA_VERSION,
            "accepted_at": message.accepted_at,
            "reading": {
                "device_id": reading.device_id,
                "timestamp": reading.timestamp,
                "sensor_data": reading.sensor_data,
            },
        }
    )


def from_body(body: str) -> Message:
    """Read a message.

    Raises:
        MalformedMessageError: not JSON, a version that this code does not know, or not a valid reading.
    """
    try:
        document = parse(body)
    except MalformedDocumentError as error:
        raise MalformedMessageError(str(error)) from error
    if not isinstance(document, dict) or not _is_version(document.get("version")):
        raise MalformedMessageError(f"not a message of version {SCHEMA_VERSION}")
    return Message(_reading(document.get("reading")), _accepted_at(document.get("accepted_at")))


def _is_version(version: object) -> bool:
    return isinstance(version, Decimal) and version == SCHEMA_VERSION


def _reading(document: object) -> Reading:
    try:
        sent = validate(document, "#/reading")
    except FaultsError as error:
        first = error.faults[0]
        raise MalformedMessageError(f"{first.pointer} {first.detail}") from error
    if sent.timestamp is None:
        raise MalformedMessageError("#/reading/timestamp is missing")
    return sent.reading(sent.timestamp)


def _accepted_at(value: object) -> int:
    try:
        return event_time(value)
    except ValueError as error:
        raise MalformedMessageError(f"#/accepted_at {error}") from error
