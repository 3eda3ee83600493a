"""What a query asks for."""

import pytest

from handlers.contract import MAXIMUM_TIMESTAMP, STATISTICS
from handlers.domain.pages import Window
from handlers.domain.problems import FaultsError
from handlers.domain.query_request import Downsampling, read_query
from handlers.domain.timestamps import from_iso


def faults_of(**parameters: str) -> dict[str, str]:
    with pytest.raises(FaultsError) as raised:
        read_query(parameters)
    return {fault.pointer: fault.detail for fault in raised.value.faults}


def test_a_device_is_enough() -> None:
    request = read_query({"device_id": "d"})

    assert (request.device_id, request.table) == ("d", "processed")
    assert request.window == Window(0, MAXIMUM_TIMESTAMP)
    assert (request.paging.limit, request.paging.is_descending) == (100, True)


def test_every_parameter_counts() -> None:
    request = read_query(
        {
            "device_id": "d",
            "start": "1795428930123",
            "end": "2026-11-23T10:15:31+00:00",
            "table": "raw",
            "order": "asc",
            "limit": "1000",
        }
    )

    assert request.table == "raw"
    assert request.window == Window(1_795_428_930_123, 1_795_428_931_000)
    assert (request.paging.limit, request.paging.is_descending) == (1000, False)


@pytest.mark.parametrize("limit", ["10", "10.0", "1e1"])
@pytest.mark.parametrize("start", ["1795843064000", "1795843064000.0", "1.795843064e12"])
def test_a_number_is_one_however_json_writes_it(limit: str, start: str) -> None:
    request = read_query({"device_id": "d", "limit": limit, "start": start})

    assert (request.paging.limit, request.window.first) == (10, 1_795_843_064_000)


def test_an_event_date_is_a_day() -> None:
    first = from_iso("2026-11-23T00:00:00Z")

    assert read_query({"device_id": "d", "event_date": "2026-11-23"}).window == Window(first, first + 86_399_999)


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"device_id": "?"}, "#/device_id"),
        ({"table": "other"}, "#/table"),
        ({"order": "up"}, "#/order"),
        ({"limit": "0"}, "#/limit"),
        ({"limit": "1001"}, "#/limit"),
        ({"limit": "1.5"}, "#/limit"),
        ({"limit": "05"}, "#/limit"),
        ({"limit": "1e999999999"}, "#/limit"),
        ({"start": "1795843064000.5"}, "#/start"),
        ({"limit": "-1"}, "#/limit"),
        ({"limit": "many"}, "#/limit"),
        ({"limit": "9" * 5000}, "#/limit"),
        ({"limit": "\u0661"}, "#/limit"),
        ({"start": "soon"}, "#/start"),
        ({"start": "-1"}, "#/start"),
        ({"end": "999999999999999"}, "#/end"),
        ({"start": "2", "end": "1"}, "#/end"),
        ({"event_date": "2026-11-31"}, "#/event_date"),
        ({"event_date": "2026-11-23", "start": "1"}, "#/start"),
        ({"event_date": "2026-11-23", "end": "1"}, "#/end"),
        ({"next_token": "forged"}, "#/next_token"),
        ({"next_token": ""}, "#/next_token"),
        ({"ordr": "asc"}, "#/ordr"),
    ],
)
def test_another_parameter_is_refused(parameters: dict[str, str], pointer: str) -> None:
    assert list(faults_of(**{"device_id": "d"} | parameters)) == [pointer]


def test_every_fault_is_reported() -> None:
    assert list(faults_of(limit="x", order="y", more="z")) == ["#/more", "#/device_id", "#/order", "#/limit"]


@pytest.mark.parametrize(("order", "rest"), [("asc", Window(51, 99)), ("desc", Window(1, 49))])
def test_a_token_leaves_the_rest_of_the_window(order: str, rest: Window) -> None:
    parameters = {"device_id": "d", "start": "1", "end": "99", "order": order}
    token = read_query(parameters).paging.next_token(50)

    assert read_query({**parameters, "next_token": token, "limit": "7"}).window == rest


@pytest.mark.parametrize(
    "changed", [{"device_id": "e"}, {"table": "raw"}, {"order": "asc"}, {"start": "2"}, {"end": "98"}]
)
def test_a_token_is_not_for_another_request(changed: dict[str, str]) -> None:
    parameters = {"device_id": "d", "start": "1", "end": "99"}
    token = read_query(parameters).paging.next_token(50)

    assert list(faults_of(**{**parameters, **changed, "next_token": token})) == ["#/next_token"]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("position", [-(10**60), -1, 9, 101, 10**18, 10**60])
def test_a_token_of_a_position_outside_the_window_is_refused(order: str, position: int) -> None:
    parameters = {"device_id": "d", "start": "10", "end": "100", "order": order}
    token = read_query(parameters).paging.next_token(position)

    assert list(faults_of(**parameters, next_token=token)) == ["#/next_token"]


def test_a_series_has_an_interval_and_statistics() -> None:
    request = read_query({"device_id": "d", "interval": "PT1H", "statistics": "avg,max"})

    assert request.downsampling == Downsampling(3_600_000, ("avg", "max"))
    everything = read_query({"device_id": "d", "interval": "PT1H"}).downsampling
    assert everything == Downsampling(3_600_000, STATISTICS)


def test_a_series_faults_are_named() -> None:
    assert set(faults_of(device_id="d", interval="PT1S", statistics="median")) == {"#/interval", "#/statistics"}
    assert set(faults_of(device_id="d", statistics="min")) == {"#/statistics"}


def test_a_token_is_of_one_series() -> None:
    token = read_query({"device_id": "d", "interval": "PT1H"}).paging.next_token(0)

    assert set(faults_of(device_id="d", next_token=token)) == {"#/next_token"}
    assert set(faults_of(device_id="d", next_token=token, interval="PT2H")) == {"#/next_token"}
