"""A time that is refused is refused by name, with what may have gone wrong."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.problems import FaultsError
from handlers.domain.validation import validate

OLDEST, LATEST = 946_684_800_000, 1_795_843_364_000
ACCEPTED = AcceptedTimes(OLDEST, LATEST)
EARLY = "must not be before 2000-01-01T00:00:00.000Z"
LATE = "must not be after 2026-11-28T05:22:44.000Z"
NOT_A_TIME = "must be an integer of epoch milliseconds, or an ISO 8601 date and time"
UNSET = "the device's clock may not be set"


def detail(timestamp: object) -> str:
    with pytest.raises(FaultsError) as raised:
        validate({"device_id": "d", "sensor_data": {"temp": True}, "timestamp": timestamp}, "#", ACCEPTED)
    (fault,) = raised.value.faults
    assert fault.pointer == "#/timestamp"
    return fault.detail


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1795843064", f"{EARLY}: looks like seconds; send milliseconds: 1795843064000; or {UNSET}"),
        ("1795843064.0", f"{EARLY}: looks like seconds; send milliseconds: 1795843064000; or {UNSET}"),
        ("1795843064.25", f"{NOT_A_TIME}: looks like seconds; send milliseconds: 1795843064250; or {UNSET}"),
        ("946684799999", f"{EARLY}: {UNSET}"),
        ("60000", f"{EARLY}: {UNSET}"),
        ("-1", f"{EARLY}: {UNSET}"),
        ("1795843064000000", f"{LATE}: looks like microseconds; send milliseconds: 1795843064000"),
        ("1795843064000999", f"{LATE}: looks like microseconds; send milliseconds: 1795843064000"),
        ("1795843064000000000", f"{LATE}: looks like nanoseconds; send milliseconds: 1795843064000"),
        ("1795843365000", LATE),
        ("1795850000", f"{EARLY}: looks like seconds; send milliseconds: 1795850000000; or {UNSET}"),
        ("1795843364000.5", NOT_A_TIME),
        ("1e300", LATE),
        ("1e999999999999999999", LATE),
        ("-1e999999999999999999", f"{EARLY}: {UNSET}"),
        ("1e-999999999999999999", f"{NOT_A_TIME}: {UNSET}"),
        ("NaN", NOT_A_TIME),
        ("Infinity", NOT_A_TIME),
    ],
)
def test_a_number_that_is_refused_is_explained(timestamp: str, expected: str) -> None:
    assert detail(Decimal(timestamp)) == expected


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1970-01-01T00:04:10Z", f"{EARLY}: {UNSET}"),
        ("1999-12-31T23:59:59.999Z", f"{EARLY}: {UNSET}"),
        ("2000-01-01T00:30:00+01:00", f"{EARLY}: {UNSET}"),
        ("2026-11-28T05:22:44.001Z", LATE),
        ("soon", NOT_A_TIME),
        ("1795843064", f"{NOT_A_TIME}: looks like seconds; send milliseconds: 1795843064000"),
        ("2026-11-23T10:00:00+05:99", NOT_A_TIME),
        (None, NOT_A_TIME),
    ],
)
def test_another_time_that_is_refused_is_explained(timestamp: object, expected: str) -> None:
    assert detail(timestamp) == expected


@pytest.mark.parametrize("timestamp", [Decimal(OLDEST), Decimal(LATEST), "2000-01-01T00:00:00Z"])
def test_the_bounds_are_accepted(timestamp: object) -> None:
    sent = validate({"device_id": "d", "sensor_data": {"temp": True}, "timestamp": timestamp}, "#", ACCEPTED)

    assert sent.timestamp in (OLDEST, LATEST)


def test_where_every_time_since_1970_is_accepted_no_clock_counts_as_not_set() -> None:
    assert AcceptedTimes().explanation(Decimal(-1)) == ""


@given(st.decimals(), st.sampled_from([ACCEPTED, AcceptedTimes(), AcceptedTimes(0, 0), AcceptedTimes(LATEST, OLDEST)]))
def test_whatever_number_is_sent_can_be_explained(number: Decimal, accepted: AcceptedTimes) -> None:
    assert isinstance(accepted.explanation(number), str)
