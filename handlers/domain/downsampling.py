"""A device's readings as a series: statistics of each interval."""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from handlers.domain.decimals import EXACT_ARITHMETIC, fitted
from handlers.domain.documents import encode
from handlers.domain.pages import MAXIMUM_BYTES, Paging, Window
from handlers.domain.query_request import Downsampling
from handlers.domain.timestamps import event_date
from handlers.domain.transform import DERIVED_NAMES
from handlers.errors import UnavailableError

MAXIMUM_ITEMS: Final = 20_000
"""Read for one page; an interval with more items is answered in parts."""
MAXIMUM_NAMES: Final = 200
"""Of values on one page, so that a single interval always fits into an answer."""
MAXIMUM_LEFT_OUT: Final = 1000
"""Of names that are counted as left out."""

Item = Mapping[str, Any]


class Statistics(msgspec.Struct):
    """Minimum, maximum, sum and count of at least one value."""

    minimum: Decimal
    maximum: Decimal
    total: Decimal
    count: int

    @classmethod
    def of(cls, value: Decimal) -> "Statistics":
        """Return the statistics of one value."""
        return cls(value, value, value, 1)

    def add(self, value: Decimal) -> None:
        """Add a value."""
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        self.total = EXACT_ARITHMETIC.add(self.total, value)
        self.count += 1

    def named(self, name: str) -> Decimal | int | None:
        """Return a statistic by its name in a request, to 38 digits; None where it is beyond DynamoDB's range."""
        match name:
            case "min":
                return self.minimum
            case "max":
                return self.maximum
            case "sum":
                return fitted(self.total)
            case "avg":
                return fitted(EXACT_ARITHMETIC.divide(self.total, Decimal(self.count)))
            case _:
                return self.count


class _Interval(msgspec.Struct):
    """The interval being read.

    Attributes:
        first: its first millisecond.
        complete: none of its readings is on another page.
    """

    first: int
    complete: bool
    readings: int = 0
    values: dict[str, Statistics] = msgspec.field(default_factory=dict)


class Series(msgspec.Struct):
    """Collects a page of a series from a device's items in order.

    Attributes:
        asked: interval and statistics.
        paging: of the request; its limit counts intervals.
        window: the rest of the request after the pages before.
    """

    asked: Downsampling
    paging: Paging
    window: Window
    _kept: list[msgspec.Raw] = msgspec.field(default_factory=list)
    _size: int = 0
    _current: _Interval | None = None
    _moment: int = 0
    _position: int = 0
    _names: set[str] = msgspec.field(default_factory=set)
    _left_out: dict[str, None] = msgspec.field(default_factory=dict)

    def read(self, items: Iterable[Item], has_time: Callable[[], bool]) -> dict[str, object]:
        """Read items until the page is full, too much is read, or time runs out.

        Args:
            items: in the order of the request.
            has_time: returns whether there is time for one more item.

        Returns:
            `count`, `items`, `next_token`, `left_out` and `left_out_count`.

        Raises:
            UnavailableError: there was no time for a single item.
        """
        for number, item in enumerate(items):
            if number == MAXIMUM_ITEMS or not has_time():
                return self._stopped()
            if not self._take(item):
                return self._answer(self._token())
        return self._answer(None if self._close() else self._token())

    def _take(self, item: Item) -> bool:
        """Add an item; return whether it belongs to the page."""
        moment = int(item["timestamp"])
        first = moment - moment % self.asked.interval
        current = self._current
        if current is not None and current.first != first and (not self._close() or self._is_full()):
            return False
        if current is None or current.first != first:
            current = self._current = _Interval(first, complete=current is not None or self._begins_whole())
        current.readings += 1
        self._moment = moment
        self._add(current, item)
        return True

    def _add(self, interval: _Interval, item: Item) -> None:
        derived = {name: item[name] for name in DERIVED_NAMES if name in item}
        for name, value in {**derived, **item["sensor_data"]}.items():
            if not isinstance(value, Decimal) or not self._is_known(name):
                self._leave_out(name)
            elif name in interval.values:
                interval.values[name].add(value)
            else:
                interval.values[name] = Statistics.of(value)

    def _leave_out(self, name: str) -> None:
        if len(self._left_out) < MAXIMUM_LEFT_OUT:
            self._left_out[name] = None

    def _is_known(self, name: str) -> bool:
        if len(self._names) < MAXIMUM_NAMES:
            self._names.add(name)
        return name in self._names

    def _is_full(self) -> bool:
        return len(self._kept) == self.paging.limit

    def _begins_whole(self) -> bool:
        """Return whether the page before ended between two intervals, or this is the first page."""
        edge = self.window.last + 1 if self.paging.is_descending else self.window.first
        return self.window == self.paging.window or edge % self.asked.interval == 0

    def _stopped(self) -> dict[str, object]:
        """End the page inside an interval."""
        if self._current is None:
            raise UnavailableError("query", "no time left")
        self._current.complete = False
        if self._close():
            self._position = self._moment
        return self._answer(self._token())

    def _close(self) -> bool:
        """Add the interval being read, if any, to the page; return whether it fits."""
        if self._current is None:
            return True
        interval, last = self._current, self._current.first + self.asked.interval - 1
        text = encode(self._shown(interval))
        self._size += len(json.dumps(text))
        if self._kept and self._size > MAXIMUM_BYTES:
            return False
        self._kept.append(msgspec.Raw(text.encode()))
        self._position = interval.first if self.paging.is_descending else last
        return True

    def _shown(self, interval: _Interval) -> dict[str, object]:
        values: dict[str, dict[str, Decimal | int]] = {}
        for name, statistics in interval.values.items():
            shown = {statistic: statistics.named(statistic) for statistic in self.asked.statistics}
            values[name] = {statistic: value for statistic, value in shown.items() if value is not None}
            if len(values[name]) < len(shown):
                self._leave_out(name)
        return {
            "start": event_date(interval.first),
            "readings": interval.readings,
            "complete": interval.complete,
            "values": values,
        }

    def _token(self) -> str:
        return self.paging.next_token(self._position)

    def _answer(self, next_token: str | None) -> dict[str, object]:
        return {
            "count": len(self._kept),
            "items": self._kept,
            "next_token": next_token,
            "left_out": list(self._left_out)[:MAXIMUM_NAMES],
            "left_out_count": len(self._left_out),
        }
