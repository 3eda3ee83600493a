"""What `GET /query` asks for."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Final, TypeVar

import msgspec

from handlers.contract import DEFAULT_PAGE_LIMIT, STATISTICS
from handlers.domain.downsampling import Downsampling, read_interval, read_statistics
from handlers.domain.fields import Fields
from handlers.domain.paging import Paging, Window, page_limit, read_window
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

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
"""A number as JSON writes it, of a length that a moment or a limit may have."""


class Table(Enum):
    """The tables to read from, by their names in a request."""

    PROCESSED = "processed"
    RAW = "raw"


class Order(Enum):
    """By event time."""

    LATEST_FIRST = "desc"
    EARLIEST_FIRST = "asc"


Choice = TypeVar("Choice", bound=Enum)


class QueryRequest(msgspec.Struct, frozen=True):
    """A valid request.

    Attributes:
        paging: the whole request.
        window: what is left of it after the pages before.
        downsampling: of the series asked for; absent where items are.
    """

    device_id: str
    table: Table
    paging: Paging
    window: Window
    downsampling: Downsampling | None


def read_query(parameters: Mapping[str, str]) -> QueryRequest:
    """Check the query string's parameters.

    Raises:
        FaultsError: with everything that is wrong.
    """
    fields = Fields(parameters, PARAMETERS)
    device_id = fields.required("device_id", device_name) or ""
    table = fields.optional("table", _one_of(Table), Table.PROCESSED)
    order = fields.optional("order", _one_of(Order), Order.LATEST_FIRST)
    limit = fields.optional("limit", lambda text: page_limit(_number(text)), DEFAULT_PAGE_LIMIT)
    downsampling = _downsampling(fields)
    series: tuple[str | int, ...] = (downsampling.interval, *downsampling.statistics) if downsampling else ()
    scope = ("query", device_id, table.value, *series)
    paging = Paging(scope, _window(fields), limit, is_descending=order is Order.LATEST_FIRST)
    window = fields.optional("next_token", paging.rest, paging.window)
    fields.check()
    return QueryRequest(device_id, table, paging, window, downsampling)


def _downsampling(fields: Fields) -> Downsampling | None:
    interval = fields.optional("interval", read_interval, None)
    statistics = fields.optional("statistics", read_statistics, STATISTICS)
    if fields.has("statistics") and not fields.has("interval"):
        fields.refuse("statistics", "must stand beside interval")
    return Downsampling(interval, statistics) if interval else None


def _window(fields: Fields) -> Window:
    if not fields.has("event_date"):
        return read_window(fields, lambda text: event_time(_number(text)))
    for name in ("start", "end"):
        if fields.has(name):
            fields.refuse(name, "must not stand beside event_date")
    return fields.optional("event_date", _day, Window())


def _day(text: object) -> Window:
    try:
        return Window(*day(str(text)))
    except ValueError:
        raise ValueError("must be a day from 1970 on, written 2026-11-23") from None


def _number(text: object) -> object:
    """Take for a number what JSON would."""
    return Decimal(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else text


def _one_of(kind: type[Choice]) -> Callable[[object], Choice]:
    def read(text: object) -> Choice:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"must be one of {', '.join(choice.value for choice in kind)}") from None

    return read
