"""A reading: what one device measured at one millisecond."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from handlers.domain.timestamps import event_date

SensorValue = Decimal | str | bool
Key = tuple[str, int]
"""A device's id and a time, epoch milliseconds."""


class Reading(msgspec.Struct, frozen=True):
    """What one device measured at one millisecond.

    Attributes:
        device_id: 1 to 128 of `A-Za-z0-9_.:-`.
        timestamp: epoch milliseconds.
        sensor_data: 1 to 100 values by their names; numbers are canonical (`handlers.domain.decimals`).
    """

    device_id: str
    timestamp: int
    sensor_data: Mapping[str, SensorValue]

    @property
    def key(self) -> Key:
        """The device and the time: two different readings never have the same."""
        return self.device_id, self.timestamp

    @property
    def event_date(self) -> str:
        """The time as text, the processed table's range key."""
        return event_date(self.timestamp)

    def has_values(self, sensor_data: object) -> bool:
        """Return whether other sensor data has the same values; unlike in Python, `True` is not 1."""
        return (
            isinstance(sensor_data, Mapping)
            and self.sensor_data == sensor_data
            and all(type(value) is type(sensor_data[name]) for name, value in self.sensor_data.items())
        )
