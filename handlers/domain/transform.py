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
"""The names that mean degrees Celsius where no name with a unit is sent; the first of them counts."""

DERIVED_NAMES: Final = ("temperature", "temperature_celsius", "temperature_fahrenheit")
"""The values that a processed item may have beside its sensor data."""
_FREEZING_POINT: Final = Decimal(32)
_DEGREES: Final = Decimal("1.8")


def fahrenheit(celsius: Decimal) -> Decimal | None:
    """Return the temperature to 38 digits, or None where DynamoDB cannot store it."""
    return fitted(EXACT_ARITHMETIC.fma(celsius, _DEGREES, _FREEZING_POINT))


def celsius(fahrenheit: Decimal) -> Decimal | None:
    """Return the temperature to 38 digits, or None where DynamoDB cannot store it."""
    return fitted(EXACT_ARITHMETIC.divide(EXACT_ARITHMETIC.subtract(fahrenheit, _FREEZING_POINT), _DEGREES))


def derived_values(sensor_data: Mapping[str, SensorValue]) -> dict[str, Decimal]:
    """Return the temperature in both units, where one was measured.

    A value that was sent is never replaced: a number is returned unchanged, a string or a boolean is left out and stays
    in the sensor data.
    """
    measured = _measured_celsius(sensor_data)
    if measured is None:
        return {}
    derived = zip(DERIVED_NAMES, (measured, measured, fahrenheit(measured)), strict=True)
    values = {name: sensor_data.get(name, value) for name, value in derived}
    return {name: value for name, value in values.items() if isinstance(value, Decimal)}


def _measured_celsius(sensor_data: Mapping[str, SensorValue]) -> Decimal | None:
    """Return the measured temperature: of a name with a unit, Celsius first; otherwise of a name without one."""
    in_celsius, in_fahrenheit = sensor_data.get("temperature_celsius"), sensor_data.get("temperature_fahrenheit")
    if not isinstance(in_celsius, Decimal) and isinstance(in_fahrenheit, Decimal):
        return celsius(in_fahrenheit)
    candidates = (in_celsius, *(sensor_data.get(name) for name in CELSIUS_NAMES))
    return next((value for value in candidates if isinstance(value, Decimal)), None)


class Plan(msgspec.Struct, frozen=True):
    """What a reading leads to.

    Attributes:
        item: the processed item; the same reading and rules always give the same item, except for `processed_at`.
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
    values = {**derived, **reading.sensor_data}
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
