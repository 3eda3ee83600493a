"""A reading becomes a processed item: derived values, marks, the item itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from handlers.domain.decimals import EXACT_ARITHMETIC, fitted
from handlers.domain.reading import Reading, SensorValue
from handlers.domain.rules import Observation, Rule, broken_rules, observations
from handlers.domain.timestamps import event_date

CELSIUS_NAMES: Final = ("temperature", "temp")
"""The sensor names that mean degrees Celsius; where both are sent, the first counts."""

DERIVED_NAMES: Final = ("temperature", "temperature_celsius", "temperature_fahrenheit")
"""What a processed item may hold beside its sensor data."""
_FREEZING_POINT: Final = Decimal(32)
_DEGREES: Final = Decimal("1.8")


def fahrenheit(celsius: Decimal) -> Decimal | None:
    """Return the temperature to 38 digits, or nothing where DynamoDB could not hold it."""
    return fitted(EXACT_ARITHMETIC.fma(celsius, _DEGREES, _FREEZING_POINT))


def derived_values(sensor_data: Mapping[str, SensorValue]) -> dict[str, Decimal]:
    """Return what follows from the sensor data: the temperature in both units, where one was measured."""
    for name in CELSIUS_NAMES:
        celsius = sensor_data.get(name)
        if isinstance(celsius, Decimal):
            values = zip(DERIVED_NAMES, (celsius, celsius, fahrenheit(celsius)), strict=True)
            return {name: value for name, value in values if value is not None}
    return {}


class Plan(msgspec.Struct, frozen=True):
    """What a reading leads to.

    Attributes:
        item: the processed item; the same reading and rules always give the same one but for `processed_at`.
        observations: what the reading decides about the rules.
    """

    reading: Reading
    item: Mapping[str, object]
    observations: list[Observation]


def plan(reading: Reading, rules: Mapping[str, Rule], processed_at: int) -> Plan:
    """Work out the processed item and the observations of a reading.

    Args:
        reading: a valid reading.
        rules: limits by value names.
        processed_at: epoch milliseconds.
    """
    derived = derived_values(reading.sensor_data)
    values = {**reading.sensor_data, **derived}
    broken = broken_rules(rules, values)
    item = {
        "device_id": reading.device_id,
        "event_date": reading.event_date,
        "timestamp": reading.timestamp,
        "sensor_data": reading.sensor_data,
        **derived,
        **({"broken_rules": broken} if broken else {}),
        "status": "processed",
        "processed_at": event_date(processed_at),
    }
    return Plan(reading, item, observations(reading, rules, values))
