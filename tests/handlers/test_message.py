"""The message between the functions."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_TIMESTAMP
from handlers.domain.decimals import MAXIMUM_DIGITS, canonical
from handlers.domain.message import MAXIMUM_READINGS, MalformedMessageError, Message, from_body, to_body, to_text
from handlers.domain.reading import Reading

MOMENTS = st.integers(min_value=0, max_value=MAXIMUM_TIMESTAMP)
PRINTABLE = st.characters(exclude_categories=["C"])
PLACES = 9
LARGEST = 10 ** (MAXIMUM_DIGITS - PLACES) - 1
"""With so many places, the most whole digits that a valid reading has."""
NUMBERS = st.decimals(-LARGEST, LARGEST, places=PLACES)
VALUES = st.booleans() | st.text(PRINTABLE, max_size=20) | NUMBERS
SENSOR_DATA = st.dictionaries(st.text(PRINTABLE, min_size=1, max_size=20), VALUES, min_size=1, max_size=5)
READING = {"device_id": "d", "timestamp": 4, "sensor_data": {"temp": 25.5}}
VALID = {"version": 2, "accepted_at": 5, "readings": [READING]}
SINGLE = {"version": 1, "accepted_at": 5, "reading": READING}
ARRIVED = Reading("d", 4, {"temp": Decimal("25.5")})


@given(st.lists(st.tuples(MOMENTS, SENSOR_DATA), min_size=1, max_size=MAXIMUM_READINGS), MOMENTS)
def test_a_message_arrives_as_it_was_sent(
    sent: list[tuple[int, dict[str, Decimal | str | bool]]], accepted_at: int
) -> None:
    readings = {
        f"#/readings/{number}": Reading("d", timestamp, kept(sensor_data))
        for number, (timestamp, sensor_data) in enumerate(sent)
    }

    arrived = from_body(to_body(map(to_text, readings.values()), accepted_at))

    assert arrived == Message(readings, {}, accepted_at)
    for pointer, reading in readings.items():
        assert reading.has_values(arrived.readings[pointer].sensor_data)


def kept(sensor_data: dict[str, Decimal | str | bool]) -> dict[str, Decimal | str | bool]:
    return {name: canonical(value) if isinstance(value, Decimal) else value for name, value in sensor_data.items()}


def test_a_message_begins_with_its_version() -> None:
    body = to_body([to_text(ARRIVED)], 5)

    assert body.startswith('{"version":2,')
    assert json.loads(body) == VALID


def test_a_message_of_the_version_before_is_read() -> None:
    assert from_body(json.dumps(SINGLE)) == Message({"#/reading": ARRIVED}, {}, 5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not JSON"),
        ("[]", "version 1 or 2"),
        ("null", "version 1 or 2"),
        (json.dumps({**VALID, "version": 3}), "version 1 or 2"),
        (json.dumps({**VALID, "version": "2"}), "version 1 or 2"),
        (json.dumps({**SINGLE, "version": True}), "version 1 or 2"),
        (json.dumps({"accepted_at": 5}), "version 1 or 2"),
        (json.dumps({**VALID, "accepted_at": None}), "#/accepted_at"),
        (json.dumps({**VALID, "accepted_at": -1}), "#/accepted_at"),
        (json.dumps({**SINGLE, "version": 2}), "#/readings must be an array of 1 to 10 readings"),
        (json.dumps({**VALID, "readings": []}), "#/readings must be an array of 1 to 10 readings"),
        (json.dumps({**VALID, "readings": READING}), "#/readings must be an array of 1 to 10 readings"),
        (json.dumps({**VALID, "readings": [READING] * 11}), "#/readings must be an array of 1 to 10 readings"),
    ],
)
def test_an_invalid_message_has_a_reason(body: str, reason: str) -> None:
    with pytest.raises(MalformedMessageError, match=reason):
        from_body(body)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (None, " must be an object"),
        ({**READING, "device_id": "?"}, "/device_id must be a string that matches"),
        ({**READING, "sensor_data": {"a": None}}, "/sensor_data/a must be a finite number"),
        ({"device_id": "d", "sensor_data": {"a": 1}}, "/timestamp is missing"),
    ],
)
def test_an_invalid_reading_has_a_reason_and_does_not_affect_the_others(sent: object, reason: str) -> None:
    packed = from_body(json.dumps({**VALID, "readings": [READING, sent, READING, sent]}))
    single = from_body(json.dumps({**SINGLE, "reading": sent}))

    assert packed.readings == {"#/readings/0": ARRIVED, "#/readings/2": ARRIVED}
    assert single.readings == {}
    assert list(packed.errors) == ["#/readings/1", "#/readings/3"]
    for pointer, error in {**packed.errors, **single.errors}.items():
        assert str(error).startswith(f"{pointer}{reason}")
    assert list(single.errors) == ["#/reading"]
