"""A reading becomes a processed item: derived values, marks, the item itself."""

from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Final

from handlers.decimals import MAXIMUM_DIGITS, fitted
from handlers.reading import Reading, SensorValue
from handlers.timestamps import event_date

CELSIUS_NAMES: Final = ("temperature", "temp")
"""The sensor names that mean degrees Celsius; where both are sent, the first counts."""

_WIDE: Final = Context(prec=4 * MAXIMUM_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)


def fahrenheit(celsius: Decimal) -> Decimal | None:
    """Return the temperature to 38 digits, or nothing where DynamoDB could not hold it."""
    return fitted(_WIDE.add(_WIDE.divide(_WIDE.multiply(celsius, Decimal(9)), Decimal(5)), Decimal(32)))


def derived_values(sensor_data: Mapping[str, SensorValue]) -> dict[str, Decimal]:
    """Return what follows from the sensor data: the temperature in both units, where one was measured."""
    for name in CELSIUS_NAMES:
        celsius = sensor_data.get(name)
        if isinstance(celsius, Decimal):
            values = {
                "temperature": celsius,
                "temperature_celsius": celsius,
                "temperature_fahrenheit": fahrenheit(celsius),
            }
            return {key: value for key, value in values.items() if value is not None}
    return {}


def processed_item(reading: Reading, processed_at: int) -> dict[str, object]:
    """Return the item to store.

    Args:
        reading: a valid reading.
        processed_at: epoch milliseconds.
    """
    return {
        "device_id": reading.device_id,
        "event_date": reading.event_date,
        "timestamp": reading.timestamp,
        "sensor_data": reading.sensor_data,
        **derived_values(reading.sensor_data),
        "status": "processed",
        "processed_at": event_date(processed_at),
    }
