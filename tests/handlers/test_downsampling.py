"""Series: exact statistics of intervals, in pages that add up to the whole."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contract import STATISTICS
from handlers.domain import downsampling
from handlers.domain.downsampling import Series, Statistics
from handlers.domain.pages import Paging, Window
from handlers.domain.query_request import Downsampling, read_interval, read_statistics
from handlers.errors import UnavailableError

MINUTE = 60_000
DECODER = msgspec.json.Decoder(float_hook=Decimal)


def item(moment: int, **sensor_data: Any) -> dict[str, Any]:
    return {"timestamp": moment, "sensor_data": sensor_data}


def page(
    items: list[dict[str, Any]],
    limit: int = 100,
    *,
    descending: bool = False,
    token: str | None = None,
    seen: int = 10**9,
) -> dict[str, Any]:
    """One page over a stored series; time ends after `seen` items."""
    paging = Paging(("query", "d"), Window(), limit, is_descending=descending)
    window = paging.window if token is None else paging.rest(token)
    inside = [one for one in items if window.first <= one["timestamp"] <= window.last]
    ordered = sorted(inside, key=lambda one: int(one["timestamp"]), reverse=descending)
    left = iter(range(seen))
    answer = Series(Downsampling(MINUTE, STATISTICS), paging, window).read(
        ordered, lambda: next(left, None) is not None
    )
    buckets: Any = answer["items"]
    return {**answer, "items": [DECODER.decode(bucket) for bucket in buckets]}


def pages(items: list[dict[str, Any]], **how: Any) -> list[dict[str, Any]]:
    found = [page(items, **how)]
    while found[-1]["next_token"]:
        found.append(page(items, token=found[-1]["next_token"], **how))
    return found


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("PT1M", MINUTE), ("PT90M", 90 * MINUTE), ("PT1H", 60 * MINUTE), ("PT1H30M", 90 * MINUTE), ("P1D", 1440 * MINUTE)],
)
def test_intervals(text: str, milliseconds: int) -> None:
    assert read_interval(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    ["", "PT", "P", "PT0M", "PT30S", "PT25H", "P2D", "PT1441M", "PT1M\n", "pt1m", "1", "PT\u0661M"],
)
def test_what_is_no_interval(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601 duration from PT1M to P1D"):
        read_interval(text)


def test_statistics_are_named_once_and_in_order() -> None:
    assert read_statistics("max,min,max") == ("max", "min")


@pytest.mark.parametrize("text", ["", "median", "min,", "min;max"])
def test_what_is_no_statistic(text: str) -> None:
    with pytest.raises(ValueError, match="some of min, max, avg, sum, count"):
        read_statistics(text)


def test_an_interval_has_its_statistics() -> None:
    (answer,) = pages([item(0, temp=Decimal("0.1")), item(1, temp=Decimal("0.2")), item(MINUTE, temp=Decimal(3))])

    first, second = answer["items"]
    assert first["start"] == "1970-01-01T00:00:00.000Z"
    assert first["readings"] == 2
    assert first["complete"] is True
    assert first["values"]["temp"] == {
        "min": Decimal("0.1"),
        "max": Decimal("0.2"),
        "avg": Decimal("0.15"),
        "sum": Decimal("0.3"),
        "count": 2,
    }
    assert second["start"] == "1970-01-01T00:01:00.000Z"
    assert (answer["count"], answer["left_out"], answer["left_out_count"]) == (2, [], 0)


def test_values_that_are_no_numbers_are_listed_as_left_out() -> None:
    (answer,) = pages([item(0, door="open", on=True, temp=Decimal(1)), item(1, door="shut")])

    assert list(answer["items"][0]["values"]) == ["temp"]
    assert (answer["left_out"], answer["left_out_count"]) == (["door", "on"], 2)


def test_derived_values_are_part_of_it() -> None:
    (answer,) = pages([{**item(0, temp=Decimal(25)), "temperature_fahrenheit": Decimal(77)}])

    assert set(answer["items"][0]["values"]) == {"temp", "temperature_fahrenheit"}


def test_a_derived_value_never_hides_what_was_sent() -> None:
    """As in items that were processed when a derived value replaced the one that was sent."""
    stored = {**item(0, temp=Decimal(20), temperature_celsius=Decimal(50)), "temperature_celsius": Decimal(20)}
    (answer,) = pages([stored, {**item(1, temperature="hot"), "temperature": Decimal(20)}])

    assert answer["items"][0]["values"]["temperature_celsius"]["max"] == 50
    assert "temperature" not in answer["items"][0]["values"]
    assert answer["left_out"] == ["temperature"]


def test_too_many_names_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downsampling, "MAXIMUM_NAMES", 2)

    (answer,) = pages([item(0, a=Decimal(1), b=Decimal(2), c=Decimal(3)), item(1, d=Decimal(4), e=Decimal(5))])

    assert list(answer["items"][0]["values"]) == ["a", "b"]
    assert (answer["left_out"], answer["left_out_count"]) == (["c", "d"], 3)


def test_what_is_left_out_is_counted_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downsampling, "MAXIMUM_LEFT_OUT", 2)

    (answer,) = pages([item(0, a="x", b="x", c="x")])

    assert (answer["left_out"], answer["left_out_count"]) == (["a", "b"], 2)


def test_a_sum_beyond_a_numbers_range_is_left_out() -> None:
    huge = Decimal("9e125")
    statistics = Statistics.of(huge)
    statistics.add(huge)

    assert statistics.named("sum") is None
    (answer,) = pages([item(0, a=huge), item(1, a=huge)])
    assert set(answer["items"][0]["values"]["a"]) == {"min", "max", "avg", "count"}
    assert (answer["left_out"], answer["left_out_count"]) == (["a"], 1)


def test_a_series_of_nothing_is_empty() -> None:
    assert pages([]) == [{"count": 0, "items": [], "next_token": None, "left_out": [], "left_out_count": 0}]


def test_too_much_for_an_answer_goes_on_in_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downsampling, "MAXIMUM_BYTES", 200)
    items = [item(minute * MINUTE, a=Decimal(minute)) for minute in range(3)]

    found = pages(items)

    assert [answer["count"] for answer in found] == [1, 1, 1]
    assert all(bucket["complete"] for answer in found for bucket in answer["items"])


def test_too_much_to_read_is_answered_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downsampling, "MAXIMUM_ITEMS", 2)

    first, second = pages([item(moment, a=Decimal(moment)) for moment in range(3)])

    assert [(bucket["readings"], bucket["complete"]) for bucket in first["items"]] == [(2, False)]
    assert [(bucket["readings"], bucket["complete"]) for bucket in second["items"]] == [(1, False)]


def test_a_part_that_does_not_fit_begins_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downsampling, "MAXIMUM_BYTES", 200)
    monkeypatch.setattr(downsampling, "MAXIMUM_ITEMS", 2)
    items = [item(0, a=Decimal(0)), item(MINUTE, a=Decimal(1)), item(MINUTE + 1, a=Decimal(2))]

    first, second = pages(items)

    assert [bucket["readings"] for bucket in first["items"]] == [1]
    assert [(bucket["readings"], bucket["complete"]) for bucket in second["items"]] == [(2, True)]


def test_no_time_for_a_single_item_is_an_error() -> None:
    with pytest.raises(UnavailableError):
        page([item(0, a=Decimal(1))], seen=0)


@given(
    moments=st.sets(st.integers(0, 20 * MINUTE), max_size=40),
    limit=st.integers(1, 5),
    seen=st.integers(1, 7),
    descending=st.booleans(),
)
def test_pages_add_up_to_the_whole(moments: set[int], limit: int, seen: int, *, descending: bool) -> None:
    items = [item(moment, a=Decimal(moment)) for moment in moments]

    counted: dict[str, int] = {}
    total = Decimal(0)
    for answer in pages(items, limit=limit, seen=seen, descending=descending):
        for bucket in answer["items"]:
            counted[bucket["start"]] = counted.get(bucket["start"], 0) + bucket["readings"]
            total += bucket["values"]["a"]["sum"]

    (whole,) = pages(items, limit=1000, descending=descending)
    assert counted == {bucket["start"]: bucket["readings"] for bucket in whole["items"]}
    assert total == sum(moments)


@given(moments=st.sets(st.integers(0, 20 * MINUTE), max_size=40), limit=st.integers(1, 5), descending=st.booleans())
def test_with_time_enough_every_interval_is_complete(moments: set[int], limit: int, *, descending: bool) -> None:
    found = pages([item(moment, a=Decimal(1)) for moment in moments], limit=limit, descending=descending)

    starts = [bucket["start"] for answer in found for bucket in answer["items"]]
    assert all(bucket["complete"] for answer in found for bucket in answer["items"])
    assert starts == sorted(set(starts), reverse=descending)
