"""What a reading leads to."""

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.decimals import canonical
from handlers.domain.reading import Reading, SensorValue
from handlers.domain.rules import Rule
from handlers.domain.transform import CELSIUS_NAMES, DERIVED_NAMES, celsius, derived_values, fahrenheit, plan

numbers = st.builds(
    lambda digits, exponent: canonical(Decimal(digits).scaleb(exponent, Context(prec=38))),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(-130, 88),
)
texts = st.text(max_size=3)
sensor_data_with_temperatures = st.dictionaries(
    st.sampled_from([*DERIVED_NAMES, *CELSIUS_NAMES, "humidity"]),
    st.one_of(numbers, texts, st.booleans()),
)


@pytest.mark.parametrize(
    ("celsius", "expected"),
    [("25.5", "77.9"), ("0", "32"), ("-40", "-40"), ("100", "212"), ("0.1", "32.18"), ("1E+125", "1.8E+125")],
)
def test_celsius_becomes_fahrenheit(celsius: str, expected: str) -> None:
    assert fahrenheit(Decimal(celsius)) == Decimal(expected)


@pytest.mark.parametrize(
    ("fahrenheit", "expected"),
    [
        ("77.9", "25.5"),
        ("32", "0"),
        ("-40", "-40"),
        ("98.6", "37"),
        ("100", "37.777777777777777777777777777777777778"),
        ("32.000000000000000000000000000000000018", "0.00000000000000000000000000000000001"),
        ("9E+125", "5E+125"),
    ],
)
def test_fahrenheit_becomes_celsius(fahrenheit: str, expected: str) -> None:
    assert celsius(Decimal(fahrenheit)) == Decimal(expected)


def test_a_temperature_beyond_the_range_in_fahrenheit_has_none() -> None:
    assert derived_values({"temp": Decimal("9E+125")}) == {
        "temperature": Decimal("9E+125"),
        "temperature_celsius": Decimal("9E+125"),
    }


@pytest.mark.parametrize("name", ["temp", "temperature_fahrenheit"])
@given(measured=numbers)
def test_every_derived_number_can_be_stored(name: str, measured: Decimal) -> None:
    for value in derived_values({name: measured}).values():
        assert canonical(value) == value


@given(sensor_data_with_temperatures)
def test_what_was_sent_is_never_replaced(sensor_data: dict[str, SensorValue]) -> None:
    derived = derived_values(sensor_data)
    sent = {name: value for name, value in sensor_data.items() if name in DERIVED_NAMES}

    for name, value in derived.items():
        assert sent.get(name, value) is value
    assert not {name for name, value in sent.items() if not isinstance(value, Decimal)} & set(derived)


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


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"temp": "20", "temperature_celsius": "50"}, ("50", "50", "122")),
        ({"temp": "20", "temperature_fahrenheit": "122"}, ("50", "50", "122")),
        ({"temperature_fahrenheit": "77.9"}, ("25.5", "25.5", "77.9")),
        ({"temperature_celsius": "25.5"}, ("25.5", "25.5", "77.9")),
        ({"temperature_celsius": "50", "temperature_fahrenheit": "68"}, ("50", "50", "68")),
        ({"temperature": "68", "temperature_celsius": "20"}, ("68", "20", "68")),
        ({"temperature": "68", "temperature_fahrenheit": "68"}, ("68", "20", "68")),
    ],
)
def test_an_explicit_unit_counts_first(sent: dict[str, str], expected: tuple[str, str, str]) -> None:
    derived = derived_values({name: Decimal(value) for name, value in sent.items()})

    assert derived == dict(zip(DERIVED_NAMES, map(Decimal, expected), strict=True))


@pytest.mark.parametrize("value", ["hot", True])
def test_what_was_sent_and_is_no_number_is_neither_replaced_nor_read(value: SensorValue) -> None:
    assert derived_values({"temp": Decimal(20), "temperature": value}) == {
        "temperature_celsius": 20,
        "temperature_fahrenheit": 68,
    }
    assert derived_values({"temp": Decimal(20), "temperature_celsius": value, "temperature_fahrenheit": value}) == {
        "temperature": 20
    }


def test_a_processed_item_contains_the_reading_and_derived_values() -> None:
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


def test_a_rule_is_about_what_was_sent() -> None:
    rules = {"temperature_celsius": Rule(None, Decimal(30), Decimal(0))}
    reading = Reading("d", 0, {"temp": Decimal(20), "temperature_celsius": Decimal(50)})

    planned = plan(reading, rules, processed_at=0)

    assert planned.item["temperature_celsius"] == 50
    assert planned.item["broken_rules"] == ["temperature_celsius"]
    assert [(each.value, each.is_alert) for each in planned.observations] == [(Decimal(50), True)]


def test_a_rule_passes_over_what_was_sent_and_is_no_number() -> None:
    rules = {"temperature": Rule(None, Decimal(30), Decimal(0))}

    planned = plan(Reading("d", 0, {"temp": Decimal(50), "temperature": "hot"}), rules, processed_at=0)

    assert planned.observations == []
    assert "temperature" not in planned.item
