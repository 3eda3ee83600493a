"""Event times: integer epoch milliseconds inside, ISO 8601 outside. Always UTC."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

from handlers.contract import TIMESTAMP_PATTERN, TTL_ATTRIBUTE

MILLISECONDS_A_DAY: Final = 86_400_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_AND_TIME: Final = re.compile(TIMESTAMP_PATTERN)
_WRONG_OFFSET: Final = re.compile(".?[+-][0-9]{2}:?[6-9][0-9]")
"""An hour has 60 minutes: Python takes `+05:99` for `+06:39`."""


def now() -> int:
    """Return the server's time, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def event_date(timestamp: int) -> str:
    """Format a time as the processed table's range key: `2026-11-23T10:15:30.123Z`.

    Args:
        timestamp: epoch milliseconds, 0 to `contract.MAXIMUM_TIMESTAMP`, so that texts sort as times do.
    """
    moment = _EPOCH + timestamp * _MILLISECOND
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> int:
    """Read an ISO 8601 date and time; without an offset it is UTC. Fractions of a millisecond are cut off.

    Returns:
        Epoch milliseconds, negative before 1970.

    Raises:
        ValueError: anything else, including a date without a time.
    """
    if not _DATE_AND_TIME.fullmatch(text) or _WRONG_OFFSET.fullmatch(text[-6:]):
        raise ValueError("not an ISO 8601 date and time")
    moment = datetime.fromisoformat(text.upper())
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MILLISECOND


def first_millisecond(day: date) -> int:
    """Return when a UTC day begins, epoch milliseconds; negative before 1970."""
    return (day - _EPOCH.date()).days * MILLISECONDS_A_DAY


def day(text: str) -> tuple[int, int]:
    """Return the first and the last millisecond of a UTC day written `2026-11-23`.

    Raises:
        ValueError: it is not such a day, or it is before 1970.
    """
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    first = first_millisecond(date.fromisoformat(text))
    if first < 0:
        raise ValueError("before 1970")
    return first, first + MILLISECONDS_A_DAY - 1


def expiry(since: int, days: int | None) -> dict[str, int]:
    """Return the attribute by which DynamoDB expires an item, or no attribute where items never expire.

    Args:
        since: epoch milliseconds from which the days count.
        days: the lifetime of the item, or None.
    """
    return {} if days is None else {TTL_ATTRIBUTE: (since + days * MILLISECONDS_A_DAY) // 1000}
