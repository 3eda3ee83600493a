"""Readings, compared."""

from decimal import Decimal

import pytest

from handlers.domain.reading import Reading


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ({"a": Decimal(1), "b": True}, True),
        ({"b": True, "a": Decimal("1.0")}, True),
        ({"a": Decimal(1), "b": Decimal(1)}, False),
        ({"a": True, "b": True}, False),
        ({"a": "1", "b": True}, False),
        ({"a": Decimal(2), "b": True}, False),
        ({"a": Decimal(1)}, False),
        ({"a": Decimal(1), "b": True, "c": ""}, False),
    ],
)
def test_values_are_the_same_in_type_and_number(other: dict[str, object], is_same: bool) -> None:  # noqa: FBT001 - a case
    reading = Reading("d", 0, {"a": Decimal(1), "b": True})

    assert reading.has_values(other) is is_same


def test_a_reading_knows_its_keys() -> None:
    reading = Reading("d", 1_795_428_930_123, {})

    assert reading.key == ("d", 1_795_428_930_123)
    assert reading.event_date == "2026-11-23T10:15:30.123Z"
