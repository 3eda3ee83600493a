"""The message between the functions."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_TIMESTAMP
from handlers.domain.decimals import canonical
from handlers.domain.message import MalformedMessageError, Message, from_body, to_body
from handlers.domain.reading import Reading

MOMENTS = st.integers(min_value=0, max_value=MAXIMUM_TIMESTAMP)
PRINTABLE = st.characters(exclude_categories=["C"])
VALUES = st.booleans() | st.text(PRINTABLE, max_size=20) | st.decimals(allow_nan=False, allow_infinity=False, places=9)
SENSOR_DATA = st.dictionaries(st.text(PRINTABLE, min_size=1, max_size=20), VALUES, min_size=1, max_size=5)
VALID = {"version": 1, "accepted_at": 5, "reading": {"device_id": "d", "timestamp": 4, "sensor_data": {"temp": 25.5}}}


@given(MOMENTS, MOMENTS, SENSOR_DATA)
def test_a_message_arrives_as_it_was_sent(
    timestamp: int, accepted_at: int, sensor_data: dict[str, Decimal | str | bool]
) -> None:
    kept = {name: canonical(value) if isinstance(value, Decimal) else value for name, value in sensor_data.items()}
    message = Message(Reading("d", timestamp, kept), accepted_at)

    arrived = from_body(to_body(message))

    assert arrived == message
    assert message.reading.has_values(arrived.reading.sensor_data)


def test_a_message_says_its_version_first() -> None:
    body = to_body(Message(Reading("d", 4, {"temp": Decimal("25.5")}), 5))

    assert body.startswith('{"version":1,')
    assert json.loads(body) == VALID


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not JSON"),
        ("[]", "version 1"),
        ("null", "version 1"),
        (json.dumps({**VALID, "version": 2}), "version 1"),
        (json.dumps({**VALID, "version": "1"}), "version 1"),
        (json.dumps({**VALID, "version": True}), "version 1"),
        (json.dumps({"accepted_at": 5}), "version 1"),
        (json.dumps({**VALID, "accepted_at": None}), "#/accepted_at"),
        (json.dumps({**VALID, "accepted_at": -1}), "#/accepted_at"),
        (json.dumps({**VALID, "reading": None}), "#/reading must be an object"),
        (json.dumps({**VALID, "reading": {"device_id": "?"}}), "#/reading/device_id"),
        (
            json.dumps({**VALID, "reading": {"device_id": "d", "sensor_data": {"a": 1}}}),
            "#/reading/timestamp is missing",
        ),
    ],
)
def test_what_is_no_message_says_why(body: str, reason: str) -> None:
    with pytest.raises(MalformedMessageError, match=reason):
        from_body(body)
