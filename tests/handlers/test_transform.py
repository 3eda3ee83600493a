"""What a reading leads to."""

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.decimals import canonical
from handlers.domain.reading import Reading, SensorValue
from handlers.domain.rules import Rule
from handlers.domain.transform import derived_values, fahrenheit, plan


@pytest.mark.parametrize(
    ("celsius", "expected"),
    [("25.5", "77.9"), ("0", "32"), ("-40", "-40"), ("100", "212"), ("0.1", "32.18"), ("1E+125", "1.8E+125")],
)
def test_celsius_becomes_fahrenheit(celsius: str, expected: str) -> None:
    assert fahrenheit(Decimal(celsius)) == Decimal(expected)


def test_a_temperature_that_fahrenheit_cannot_hold_has_none() -> None:
    assert derived_values({"temp": Decimal("9E+125")}) == {
        "temperature": Decimal("9E+125"),
        "temperature_celsius": Decimal("9E+125"),
    }


@given(st.integers(-(10**38) + 1, 10**38 - 1), st.integers(-130, 88))
def test_every_derived_number_can_be_stored(digits: int, exponent: int) -> None:
    celsius = Decimal(digits).scaleb(exponent, Context(prec=38))

    for value in derived_values({"temp": celsius}).values():
        assert canonical(value) == value


@pytest.mark.parametrize("sensor_data", [{"humidity": Decimal(1)}, {"temp": "25.5"}, {"temp": True}])
def test_without_a_temperature_nothing_is_derived(sensor_data: dict[str, SensorValue]) -> None:
    assert derived_values(sensor_data) == {}


@pytest.mark.parametrize(
    "sensor_data",
    [
        {"temperature": Decimal(20)},
        {"temp": Decimal(20)},
        {"temp": Decimal(9), "temperature": Decimal(20)},
        {"temp": Decimal(20), "temperature": "warm"},
    ],
)
def test_a_temperature_has_two_names(sensor_data: dict[str, SensorValue]) -> None:
    assert derived_values(sensor_data)["temperature_fahrenheit"] == 68


def test_a_processed_item_holds_the_reading_and_what_follows() -> None:
    reading = Reading("d", 1_795_428_930_123, {"temp": Decimal("25.5"), "mode": "auto"})

    assert plan(reading, {}, processed_at=1_795_428_931_000).item == {
        "device_id": "d",
        "event_date": "2026-11-23T10:15:30.123Z",
        "timestamp": 1_795_428_930_123,
        "sensor_data": {"temp": Decimal("25.5"), "mode": "auto"},
        "temperature": Decimal("25.5"),
        "temperature_celsius": Decimal("25.5"),
        "temperature_fahrenheit": Decimal("77.9"),
        "status": "processed",
        "processed_at": "2026-11-23T10:15:31.000Z",
    }


def test_a_broken_rule_marks_the_item() -> None:
    rules = {
        "temperature": Rule(None, Decimal(85), Decimal(0)),
        "humidity": Rule(Decimal(10), None, Decimal(0)),
        "pressure": Rule(Decimal(900), None, Decimal(0)),
    }
    reading = Reading("d", 0, {"temp": Decimal(90), "humidity": Decimal(50), "pressure": Decimal(800)})

    planned = plan(reading, rules, processed_at=0)

    assert planned.item["broken_rules"] == ["pressure", "temperature"]
    assert [(each.rule_name, each.is_alert) for each in planned.observations] == [
        ("temperature", True),
        ("humidity", False),
        ("pressure", True),
    ]
