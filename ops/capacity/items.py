"""How large what is stored and sent becomes: a sample reading, turned into items by the handlers' own code."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from handlers.aws.alert_state import partition
from handlers.contract import TTL_ATTRIBUTE
from handlers.domain.documents import encode
from handlers.domain.packing import pack
from handlers.domain.reading import Reading
from handlers.domain.timestamps import event_date
from handlers.domain.transform import plan

SAMPLE_TIMESTAMP: Final = 1_795_428_930_123
WRITE_UNIT_BYTES: Final = 1024
READ_UNIT_BYTES: Final = 4096
STORAGE_OVERHEAD_BYTES: Final = 100
"""Of each stored item:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html."""
MESSAGE_OVERHEAD_BYTES: Final = 900
"""A message's record in the processor's event beside its body: ids, receipt handle, attributes."""


@dataclass(frozen=True)
class Sizes:
    """Bytes.

    Attributes:
        raw: A raw item.
        processed: A processed item.
        alert: The item of a device and rule.
        reading: A reading as it is sent.
    """

    raw: int
    processed: int
    alert: int
    reading: int


@dataclass(frozen=True)
class Packs:
    """The messages of one request.

    Attributes:
        messages: How many.
        bytes: Of a body, on average.
    """

    messages: int
    bytes: float


@cache
def packs(readings: int, sensor_values: int) -> Packs:
    """Pack a request as the handlers do.

    Args:
        readings: In the request.
        sensor_values: How many numbers each holds.
    """
    bodies = pack([_sample(sensor_values)] * readings, SAMPLE_TIMESTAMP)
    return Packs(len(bodies), sum(len(body.encode()) for body in bodies) / len(bodies))


def _sample(sensor_values: int) -> Reading:
    names = ["temperature", *(f"sensor_value_{number}" for number in range(1, sensor_values))]
    return Reading("sensor-0000000000001", SAMPLE_TIMESTAMP, {name: Decimal("21.25") for name in names})


def sizes(sensor_values: int, *, raw_expires: bool, processed_expires: bool) -> Sizes:
    """Sizes of a reading's traces.

    Args:
        sensor_values: How many numbers it holds, a temperature first.
        raw_expires: Whether raw items carry the time of their end.
        processed_expires: Whether processed items do.
    """
    reading = _sample(sensor_values)
    sent = {"device_id": reading.device_id, "timestamp": reading.timestamp, "sensor_data": reading.sensor_data}
    end: dict[str, object] = {TTL_ATTRIBUTE: SAMPLE_TIMESTAMP // 1000}
    raw = {**sent, "received_at": event_date(SAMPLE_TIMESTAMP), **(end if raw_expires else {})}
    processed = {**plan(reading, {}, SAMPLE_TIMESTAMP).item, **(end if processed_expires else {})}
    pair = (reading.device_id, "temperature")
    alert = {
        "device_id": partition(reading.device_id),
        "event_date": "#".join(pair),
        "decided_at": SAMPLE_TIMESTAMP,
        "is_alert": False,
        "decided_value": Decimal("21.25"),
        "is_told": False,
        "changed_at": SAMPLE_TIMESTAMP,
    }
    return Sizes(item_bytes(raw), item_bytes(processed), item_bytes(alert), len(encode(sent)))


def write_units(size: int) -> int:
    """Write units of one item: one for each KB begun; a condition costs nothing."""
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))


def query_units(items: float, size: int) -> float:
    """Read units of a strongly consistent query: one for each 4 KB begun of what it finds, and one for nothing.

    Partitions differ in how much they hold: on average, half of the last 4 KB are begun in vain.

    Args:
        items: How many it finds.
        size: Of one of them.
    """
    return max(1.0, items * size / READ_UNIT_BYTES + 0.5)


def item_bytes(item: Mapping[str, object]) -> int:
    """An item's size by DynamoDB's rules, see `STORAGE_OVERHEAD_BYTES`; that of numbers is AWS's own approximation."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bool():
            return 1
        case int() | Decimal():
            digits = str(value).lstrip("-").replace(".", "").strip("0")
            return math.ceil(len(digits) / 2) + 1
        case Mapping():
            return 3 + sum(len(name.encode()) + _value_bytes(each) + 1 for name, each in value.items())
        case Sequence():
            return 3 + sum(_value_bytes(each) + 1 for each in value)
    raise TypeError(f"no attribute value for {type(value).__name__}")
