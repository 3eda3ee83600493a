"""Readings into messages: none is lost or moved, and no message is larger than it may be."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_SENSOR_MEMBERS, MAXIMUM_STRING_LENGTH
from handlers.domain.message import MAXIMUM_READINGS, from_body, to_body, to_text
from handlers.domain.packing import ENVELOPE_BYTES, MAXIMUM_BYTES, pack
from handlers.domain.reading import Reading

LARGEST = {f"{number:03}".ljust(MAXIMUM_STRING_LENGTH, "é"): "é" * MAXIMUM_STRING_LENGTH for number in range(100)}
SIZES = st.lists(st.integers(1, MAXIMUM_SENSOR_MEMBERS), max_size=40)


def reading(number: int, values: int) -> Reading:
    """A reading of so many of the largest values: some 1 KB each."""
    return Reading(f"device-{number}", number, dict(list(LARGEST.items())[:values]))


@given(SIZES)
def test_every_reading_travels_once_in_order_and_within_the_bounds(sizes: list[int]) -> None:
    readings = [reading(number, values) for number, values in enumerate(sizes)]

    bodies = pack(readings, 7)

    arrived = [from_body(body) for body in bodies]
    assert [each for message in arrived for each in message.readings.values()] == readings
    assert {message.accepted_at for message in arrived} <= {7}
    for body, message in zip(bodies, arrived, strict=True):
        assert 1 <= len(message.readings) <= MAXIMUM_READINGS
        assert len(message.readings) == 1 or len(body.encode()) <= 65_536  # what SQS bills as one request


@given(SIZES)
def test_no_message_could_take_the_first_reading_of_the_next(sizes: list[int]) -> None:
    bodies = pack([reading(number, values) for number, values in enumerate(sizes)], 7)

    for readings, following in pairwise(list(from_body(body).readings.values()) for body in bodies):
        joined = to_body(map(to_text, [*readings, following[0]]), 7)
        assert len(readings) == MAXIMUM_READINGS or len(joined.encode()) > MAXIMUM_BYTES - ENVELOPE_BYTES


def test_small_readings_go_by_tens() -> None:
    readings = [Reading("d", number, {"temp": Decimal("21.5")}) for number in range(25)]

    assert [len(from_body(body).readings) for body in pack(readings, 7)] == [10, 10, 5]


@pytest.mark.parametrize("number", [1, 3])
def test_the_largest_reading_goes_alone_and_sqs_takes_it(number: int) -> None:
    bodies = pack([reading(each, MAXIMUM_SENSOR_MEMBERS) for each in range(number)], 7)

    assert [len(from_body(body).readings) for body in bodies] == [1] * number
    assert MAXIMUM_BYTES < len(bodies[0].encode()) < 1_048_576 / 2


def test_nothing_is_no_message() -> None:
    assert pack([], 7) == []
