"""Event times."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_TIMESTAMP
from handlers.domain.timestamps import day, event_date, from_iso, now

TIMESTAMPS = st.integers(min_value=0, max_value=MAXIMUM_TIMESTAMP)


@pytest.mark.parametrize(
    ("timestamp", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_795_428_930_123, "2026-11-23T10:15:30.123Z"),
        (1_795_428_930_000, "2026-11-23T10:15:30.000Z"),
        (MAXIMUM_TIMESTAMP, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_an_event_date_has_milliseconds(timestamp: int, text: str) -> None:
    assert event_date(timestamp) == text


@given(TIMESTAMPS, TIMESTAMPS)
def test_event_dates_sort_as_times_do(one: int, other: int) -> None:
    assert (event_date(one) < event_date(other)) is (one < other)


@given(TIMESTAMPS)
def test_an_event_date_reads_back(timestamp: int) -> None:
    assert from_iso(event_date(timestamp)) == timestamp


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T10:15:30.123Z", "2026-11-23T10:15:30.123Z"),
        ("2026-11-23T12:15:30.123+02:00", "2026-11-23T10:15:30.123Z"),
        ("2026-11-23T10:15:30", "2026-11-23T10:15:30.000Z"),
        ("2026-11-23T10:15:30.123999Z", "2026-11-23T10:15:30.123Z"),
        ("2026-11-23t10:15:30z", "2026-11-23T10:15:30.000Z"),
        ("2026-11-23T10:15:30,5+0100", "2026-11-23T09:15:30.500Z"),
        ("2026-11-23T10:15Z", "2026-11-23T10:15:00.000Z"),
    ],
)
def test_iso_8601_is_read_as_utc(text: str, expected: str) -> None:
    assert event_date(from_iso(text)) == expected


def test_times_before_1970_are_negative() -> None:
    assert from_iso("1969-12-31T23:59:59.999Z") == -1
    assert from_iso("0001-01-01T00:00:00+14:00") < 0


@pytest.mark.parametrize(
    "text", ["", "2026-11-23", "yesterday", "2026-13-01T00:00:00Z", "2026-11-23T25:00:00Z", "T", "T" * 65, "\ud800T"]
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_iso(text)


def test_a_day_is_all_of_its_milliseconds() -> None:
    first, last = day("2026-11-23")

    assert event_date(first) == "2026-11-23T00:00:00.000Z"
    assert event_date(last) == "2026-11-23T23:59:59.999Z"


@pytest.mark.parametrize("text", ["", "2026-11-31", "2026-11", "1969-12-31", "20261123", "2026-W48-1"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day(text)


def test_now_is_the_servers_time() -> None:
    assert abs(now() - datetime.now(UTC).timestamp() * 1000) < 60_000
