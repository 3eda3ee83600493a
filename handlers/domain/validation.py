"""What makes a reading valid. Every fault is found, not only the first."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from handlers.contract import DEVICE_ID_PATTERN, MAXIMUM_SENSOR_MEMBERS, MAXIMUM_STRING_LENGTH
from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.decimals import canonical, is_integer
from handlers.domain.documents import shown
from handlers.domain.problems import Fault, FaultsError, member
from handlers.domain.reading import Reading, SensorValue
from handlers.domain.timestamps import from_iso

READING_MEMBERS: Final = ("device_id", "timestamp", "sensor_data")
ANY_TIME: Final = AcceptedTimes()
"""Of readings that were acknowledged before, and of requests for them."""

_DEVICE_ID: Final = re.compile(DEVICE_ID_PATTERN)
_FORBIDDEN_CHARACTER: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, lone surrogates, and what SQS refuses in a message besides
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html). Its complement would say
the same, and is a set of most of Unicode, which every cold start would compile."""


class SentReading(NamedTuple):
    """A valid reading as it was sent; `timestamp` is absent where the server has to choose it."""

    device_id: str
    timestamp: int | None
    sensor_data: dict[str, SensorValue]

    def reading(self, now: int) -> Reading:
        """Return the reading; where it was sent without a time, it is of now, epoch milliseconds."""
        return Reading(self.device_id, now if self.timestamp is None else self.timestamp, self.sensor_data)


def validate(document: object, pointer: str, accepted: AcceptedTimes = ANY_TIME) -> SentReading:
    """Check one reading as it was sent.

    Args:
        document: parsed JSON with every number as `Decimal`.
        pointer: where the reading stands in the request.
        accepted: the timestamps that are allowed.

    Raises:
        FaultsError: with everything that is wrong.
    """
    if not isinstance(document, dict):
        raise FaultsError([Fault(pointer, "must be an object")])
    faults = unknown_members(document, READING_MEMBERS, pointer)
    device_id = _device_id(document, pointer, faults)
    timestamp = _timestamp(document, pointer, accepted, faults) if "timestamp" in document else None
    sensor_data = _sensor_data(document, pointer, faults)
    if faults:
        raise FaultsError(faults)
    return SentReading(device_id, timestamp, sensor_data)


def unknown_members(document: Mapping[str, object], known: tuple[str, ...], pointer: str) -> list[Fault]:
    """Return a fault for each member that the contract does not know."""
    allowed = f"is not known; allowed are {', '.join(known)}"
    return [named_fault(pointer, name, allowed) for name in document if name not in known]


def device_name(value: object) -> str:
    """Return a device's id.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str) and _DEVICE_ID.fullmatch(value):
        return value
    raise ValueError(f"must be a string that matches {DEVICE_ID_PATTERN}")


def event_time(value: object, accepted: AcceptedTimes = ANY_TIME) -> int:
    """Return a time as epoch milliseconds.

    Args:
        value: a `Decimal` that is an integer, or a string in ISO 8601.
        accepted: the times that are allowed.

    Raises:
        ValueError: it is not a time, too early, or too late.
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


def _device_id(document: dict[str, object], pointer: str, faults: list[Fault]) -> str:
    if "device_id" not in document:
        faults.append(Fault(member(pointer, "device_id"), "is missing"))
        return ""
    try:
        return device_name(document["device_id"])
    except ValueError as error:
        faults.append(Fault(member(pointer, "device_id"), str(error)))
        return ""


def _timestamp(document: dict[str, object], pointer: str, accepted: AcceptedTimes, faults: list[Fault]) -> int:
    value = document["timestamp"]
    try:
        return event_time(value, accepted)
    except ValueError as error:
        faults.append(Fault(member(pointer, "timestamp"), f"{error}{accepted.explanation(value)}"))
        return 0


def _sensor_data(document: dict[str, object], pointer: str, faults: list[Fault]) -> dict[str, SensorValue]:
    here = member(pointer, "sensor_data")
    values = document.get("sensor_data")
    if "sensor_data" not in document:
        faults.append(Fault(here, "is missing"))
    elif not isinstance(values, dict) or not 1 <= len(values) <= MAXIMUM_SENSOR_MEMBERS:
        faults.append(Fault(here, f"must be an object of 1 to {MAXIMUM_SENSOR_MEMBERS} members"))
    else:
        return {name: _value(name, value, here, faults) for name, value in values.items()}
    return {}


def _value(name: str, value: object, pointer: str, faults: list[Fault]) -> SensorValue:
    try:
        _check_text(name, "its name", minimum=1)
        return _sensor_value(value)
    except ValueError as error:
        faults.append(named_fault(pointer, name, str(error)))
        return ""


def _sensor_value(value: object) -> SensorValue:
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
        raise ValueError(f"{what} must hold no control characters, lone surrogates or noncharacters")


def named_fault(pointer: str, name: str, detail: str) -> Fault:
    """Point to the member, or, where its name is too long to repeat, to the object that holds it."""
    if len(name) <= MAXIMUM_STRING_LENGTH:
        return Fault(member(pointer, name), detail)
    return Fault(pointer, f"the member {shown(name)}: {detail}")
