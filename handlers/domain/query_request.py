"""The parameters of `GET /query`."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import msgspec

from handlers.contract import DEFAULT_PAGE_LIMIT, INTERVAL_PATTERN, MAXIMUM_INTERVAL, MINIMUM_INTERVAL, STATISTICS
from handlers.domain.fields import Fields
from handlers.domain.pages import Paging, Window, page_limit, read_window
from handlers.domain.timestamps import day
from handlers.domain.validation import device_name, event_time

PARAMETERS: Final = (
    "device_id",
    "event_date",
    "start",
    "end",
    "table",
    "order",
    "limit",
    "next_token",
    "interval",
    "statistics",
)
TABLES: Final = ("processed", "raw")
ORDERS: Final = ("desc", "asc")
"""By event time: from the latest or from the earliest."""

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
"""A number as JSON writes it, no longer than a timestamp or a limit can be."""
_INTERVAL: Final = re.compile(INTERVAL_PATTERN)
_HOUR, _MINUTE = 3_600_000, 60_000


class Downsampling(msgspec.Struct, frozen=True):
    """How a series is computed.

    Attributes:
        interval: milliseconds; intervals begin at its multiples since 1970.
        statistics: names out of `STATISTICS`.
    """

    interval: int
    statistics: tuple[str, ...]


def read_interval(text: object) -> int:
    """Return an interval in milliseconds.

    Raises:
        ValueError: not an ISO 8601 duration from PT1M to P1D.
    """
    match = _INTERVAL.fullmatch(str(text))
    if match:
        hours, minutes = (int((part or "0").rstrip("HM")) for part in match.group(2, 3))
        length = MAXIMUM_INTERVAL if match[1] == "P1D" else hours * _HOUR + minutes * _MINUTE
        if MINIMUM_INTERVAL <= length <= MAXIMUM_INTERVAL:
            return length
    raise ValueError("must be an ISO 8601 duration from PT1M to P1D, such as PT15M, PT1H or PT1H30M")


def read_statistics(text: object) -> tuple[str, ...]:
    """Return the names of statistics, separated by commas, each once and in the order asked for.

    Raises:
        ValueError: one of them is not known.
    """
    names = tuple(dict.fromkeys(str(text).split(",")))
    if set(names) <= set(STATISTICS):
        return names
    raise ValueError(f"must be some of {', '.join(STATISTICS)}, separated by commas")


class QueryRequest(msgspec.Struct, frozen=True):
    """A valid request.

    Attributes:
        table: one of `TABLES`.
        paging: the whole request.
        window: the rest of it after the pages before.
        downsampling: of the series that is asked for; None for items.
    """

    device_id: str
    table: str
    paging: Paging
    window: Window
    downsampling: Downsampling | None


def read_query(parameters: Mapping[str, str]) -> QueryRequest:
    """Check the query string's parameters.

    Raises:
        FaultsError: with everything that is wrong.
    """
    fields = Fields(parameters, PARAMETERS)
    device_id = fields.required("device_id", device_name, "")
    table = fields.optional("table", _one_of(TABLES), "processed")
    order = fields.optional("order", _one_of(ORDERS), "desc")
    limit = fields.optional("limit", lambda text: page_limit(_number(text)), DEFAULT_PAGE_LIMIT)
    downsampling = _downsampling(fields)
    series: tuple[str | int, ...] = (downsampling.interval, *downsampling.statistics) if downsampling else ()
    scope = ("query", device_id, table, *series)
    paging = Paging(scope, _window(fields), limit, is_descending=order == "desc")
    window = fields.optional("next_token", paging.rest, paging.window)
    fields.check()
    return QueryRequest(device_id, table, paging, window, downsampling)


def _downsampling(fields: Fields) -> Downsampling | None:
    interval = fields.optional("interval", read_interval, None)
    statistics = fields.optional("statistics", read_statistics, STATISTICS)
    if fields.has("statistics") and not fields.has("interval"):
        fields.refuse("statistics", "requires interval")
    return Downsampling(interval, statistics) if interval else None


def _window(fields: Fields) -> Window:
    if not fields.has("event_date"):
        return read_window(fields, lambda text: event_time(_number(text)))
    for name in ("start", "end"):
        if fields.has(name):
            fields.refuse(name, "must not be used together with event_date")
    return fields.optional("event_date", _day, Window())


def _day(text: object) -> Window:
    try:
        return Window(*day(str(text)))
    except ValueError:
        raise ValueError("must be a day from 1970 on, written 2026-11-23") from None


def _number(text: object) -> object:
    """Return a `Decimal` for text that is a number in JSON, and anything else as it is."""
    return Decimal(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else text


def _one_of(names: tuple[str, ...]) -> Callable[[object], str]:
    def read(text: object) -> str:
        if text in names:
            return str(text)
        raise ValueError(f"must be one of {', '.join(names)}")

    return read
