"""The bytes of what is sent and stored: a sample reading, turned into messages and items by the handlers' own code."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from handlers.aws.sqs_batches import MAXIMUM_ENTRIES
from handlers.domain.documents import encode
from handlers.domain.packing import pack
from handlers.domain.reading import Reading
from handlers.domain.timestamps import event_date
from handlers.domain.transform import plan

SAMPLE_TIMESTAMP: Final = 1_795_428_930_123
ALERT_STATE_BYTES: Final = 128
"""The item of a device and a rule; a test computes it."""
_WRITE_UNIT_BYTES: Final = 1024


@dataclass(frozen=True)
class Sizes:
    """Bytes of one reading and of what it becomes.

    Attributes:
        reading: A reading as it is sent.
        raw: Its item in the raw table.
        processed: Its item in the processed table.
        messages: The number of messages that a request becomes.
        message: The body of one of them, on average.
    """

    reading: int
    raw: int
    processed: int
    messages: int
    message: float

    @property
    def write_units(self) -> tuple[int, int]:
        """Write units of the raw and of the processed item: one for each KB begun; a condition costs nothing."""
        return math.ceil(self.raw / _WRITE_UNIT_BYTES), math.ceil(self.processed / _WRITE_UNIT_BYTES)

    @property
    def group(self) -> int:
        """Messages that arrive in the queue at once: those of one send."""
        return min(self.messages, MAXIMUM_ENTRIES)


@cache
def sizes(batch: int, sensor_values: int) -> Sizes:
    """Measure a sample.

    Args:
        batch: Readings in a request.
        sensor_values: Numbers in a reading; the first is a temperature.
    """
    names = ["temperature", *(f"sensor_value_{number}" for number in range(1, sensor_values))]
    reading = Reading("sensor-0000000000001", SAMPLE_TIMESTAMP, {name: Decimal("21.25") for name in names})
    sent = {"device_id": reading.device_id, "timestamp": reading.timestamp, "sensor_data": reading.sensor_data}
    raw = item_bytes({**sent, "received_at": event_date(SAMPLE_TIMESTAMP)})
    processed = item_bytes(plan(reading, {}, SAMPLE_TIMESTAMP).item)
    bodies = pack([reading] * batch, SAMPLE_TIMESTAMP)
    mean = sum(len(body.encode()) for body in bodies) / len(bodies)
    return Sizes(len(encode(sent)), raw, processed, len(bodies), mean)


def item_bytes(item: Mapping[str, object]) -> int:
    """Return an item's size by DynamoDB's rules; for numbers they are AWS's own approximation.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bool():
            return 1
        case Mapping():
            return 3 + item_bytes(value) + len(value)
    digits = str(value).lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1
