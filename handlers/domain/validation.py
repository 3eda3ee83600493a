"""What makes a reading valid. Every fault is reported, not only the first."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from handlers.contract import DEVICE_ID_PATTERN, MAXIMUM_SENSOR_MEMBERS, MAXIMUM_STRING_LENGTH
from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.decimals import canonical, is_integer
from handlers.domain.fields import Fields, named_fault
from handlers.domain.problems import Fault, FaultsError, member
from handlers.domain.reading import Reading, SensorValue
from handlers.domain.timestamps import from_iso

READING_MEMBERS: Final = ("device_id", "timestamp", "sensor_data")
ANY_TIME: Final = AcceptedTimes()
"""For readings that are already accepted, and for requests for them."""

_DEVICE_ID: Final = re.compile(DEVICE_ID_PATTERN)
_FORBIDDEN_CHARACTER: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, lone surrogates, and what SQS refuses in a message besides
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html). A set of the allowed
characters would be most of Unicode, which every cold start would compile."""


class SentReading(NamedTuple):
    """A valid reading as it was sent; `timestamp` is None where the server has to choose it."""

    device_id: str
    timestamp: int | None
    sensor_data: dict[str, SensorValue]

    def reading(self, now: int) -> Reading:
        """Return the reading; without a timestamp of its own, it gets the server's, epoch milliseconds."""
        return Reading(self.device_id, now if self.timestamp is None else self.timestamp, self.sensor_data)


def validate(document: object, pointer: str, accepted: AcceptedTimes = ANY_TIME) -> SentReading:
    """Check one reading as it was sent.

    Args:
        document: parsed JSON with every number as `Decimal`.
        pointer: to the reading in the request.
        accepted: the timestamps that are accepted.

    Raises:
        FaultsError: with everything that is wrong.
    """
    if not isinstance(document, dict):
        raise FaultsError([Fault(pointer, "must be an object")])
    fields = Fields(document, READING_MEMBERS, pointer)
    device_id = fields.required("device_id", device_name, "")
    timestamp = fields.optional("timestamp", lambda value: _explained_time(value, accepted), None)
    values: dict[str, object] = fields.required("sensor_data", _sensor_members, {})
    sensor_data: dict[str, SensorValue] = {}
    for name, value in values.items():
        try:
            sensor_data[name] = _sensor_value(name, value)
        except ValueError as error:
            fields.faults.append(named_fault(member(pointer, "sensor_data"), name, str(error)))
    fields.check()
    return SentReading(device_id, timestamp, sensor_data)


def device_name(value: object) -> str:
    """Return a device's id.

    Raises:
        ValueError: it is not a valid id.
    """
    if isinstance(value, str) and _DEVICE_ID.fullmatch(value):
        return value
    raise ValueError(f"must be a string that matches {DEVICE_ID_PATTERN}")


def event_time(value: object, accepted: AcceptedTimes = ANY_TIME) -> int:
    """Return a time as epoch milliseconds.

    Args:
        value: a `Decimal` that is an integer, or a string in ISO 8601.
        accepted: the times that are accepted.

    Raises:
        ValueError: it is not a time, or it is too early or too late.
    """
    moment = _milliseconds(value)
    accepted.check(moment)
    return int(moment)


def _milliseconds(value: object) -> Decimal | int:
    if isinstance(value, Decimal) and is_integer(value):
        return value
    if isinstance(value, str):
        try:
            return from_iso(value)
        except ValueError:
            pass
    raise ValueError("must be an integer of epoch milliseconds, or an ISO 8601 date and time")


def _explained_time(value: object, accepted: AcceptedTimes) -> int:
    try:
        return event_time(value, accepted)
    except ValueError as error:
        raise ValueError(f"{error}{accepted.explanation(value)}") from None


def _sensor_members(values: object) -> dict[str, object]:
    if isinstance(values, dict) and 1 <= len(values) <= MAXIMUM_SENSOR_MEMBERS:
        return values
    raise ValueError(f"must be an object of 1 to {MAXIMUM_SENSOR_MEMBERS} members")


def _sensor_value(name: str, value: object) -> SensorValue:
    _check_text(name, "its name", minimum=1)
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, str):
        _check_text(value, "the string", minimum=0)
        return value
    if isinstance(value, bool):
        return value
    raise ValueError("must be a finite number, a string or a boolean")


def _check_text(text: str, what: str, minimum: int) -> None:
    if not minimum <= len(text) <= MAXIMUM_STRING_LENGTH:
        raise ValueError(f"{what} must have {minimum} to {MAXIMUM_STRING_LENGTH} characters; it has {len(text)}")
    if _FORBIDDEN_CHARACTER.search(text):
        raise ValueError(f"{what} must not contain control characters, lone surrogates or noncharacters")
