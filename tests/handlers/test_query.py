"""`GET /query`."""

import json
from decimal import Decimal
from typing import Any

import pytest

from handlers import query
from handlers.aws import clients
from handlers.domain import pages
from tests.handlers.fakes import Context, FailingClient, client_error
from tests.handlers.moto_pipeline import MotoPipeline, event, reading_message

DAY = 86_400_000


def fill(moto: MotoPipeline, *timestamps: int, device: str = "d", **sensor_data: object) -> None:
    sensor_data = sensor_data or {"temp": 25.5}
    readings = [{"device_id": device, "timestamp": each, "sensor_data": sensor_data} for each in timestamps]
    assert moto.post({"readings": readings})[0] == 200
    moto.process(*moto.queued())


def times(moto: MotoPipeline, **parameters: str) -> list[int]:
    status, body = moto.query(device_id="d", **parameters)
    assert (status, body["count"]) == (200, len(body["items"]))
    return [item["timestamp"] for item in body["items"]]


@pytest.mark.usefixtures("moto")
def test_a_real_event_is_answered() -> None:
    answer = query.lambda_handler(event("query"), Context())

    assert json.loads(answer["body"]) == {"count": 0, "items": [], "next_token": None}


def test_items_come_as_they_are_stored(moto: MotoPipeline) -> None:
    fill(moto, 1_795_428_930_123)

    _, processed = moto.query(device_id="d")
    _, raw = moto.query(device_id="d", table="raw")

    assert processed["items"] == moto.processed_items()
    assert raw["items"] == moto.raw_items()
    assert processed["items"][0]["temperature_fahrenheit"] == Decimal("77.9")


@pytest.mark.parametrize("table", ["raw", "processed"])
def test_the_latest_come_first_unless_asked_otherwise(moto: MotoPipeline, table: str) -> None:
    fill(moto, 1, 3, 2)

    assert times(moto, table=table) == [3, 2, 1]
    assert times(moto, table=table, order="asc") == [1, 2, 3]
    assert times(moto, table=table, limit="1") == [3]


@pytest.mark.parametrize("table", ["raw", "processed"])
def test_a_range_includes_its_ends(moto: MotoPipeline, table: str) -> None:
    fill(moto, *range(1, 6))

    assert times(moto, table=table, start="2", end="4", order="asc") == [2, 3, 4]
    assert times(moto, table=table, start="1970-01-01T00:00:00.004Z") == [5, 4]


@pytest.mark.parametrize("table", ["raw", "processed"])
def test_a_day_is_a_day(moto: MotoPipeline, table: str) -> None:
    fill(moto, DAY - 1, DAY, 2 * DAY - 1, 2 * DAY)

    assert times(moto, table=table, event_date="1970-01-02", order="asc") == [DAY, 2 * DAY - 1]


def test_another_devices_items_and_alerts_stay_out(moto: MotoPipeline) -> None:
    fill(moto, 1, device="e")
    moto.process(reading_message("d", 2, temp=90))

    assert times(moto) == [2]
    assert moto.processed_items(alerts=True)


@pytest.mark.parametrize("table", ["raw", "processed"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_give_everything_once(moto: MotoPipeline, table: str, order: str) -> None:
    fill(moto, *range(7))
    asked: dict[str, str] = {"device_id": "d", "table": table, "order": order, "limit": "3"}

    pages: list[list[int]] = []
    token: str | None = None
    while not pages or token:
        status, body = moto.query(**asked, **({"next_token": token} if token else {}))
        assert status == 200
        pages.append([item["timestamp"] for item in body["items"]])
        token = body["next_token"]

    ordered = sorted(range(7), reverse=order == "desc")
    assert pages == [ordered[:3], ordered[3:6], ordered[6:]]


def test_a_full_last_page_is_the_last(moto: MotoPipeline) -> None:
    fill(moto, 1, 2)

    assert moto.query(device_id="d", limit="2")[1]["next_token"] is None


def test_a_token_at_the_edge_leaves_nothing(moto: MotoPipeline) -> None:
    fill(moto, 5, 6)
    asked = {"device_id": "d", "start": "5", "end": "6", "order": "asc", "limit": "1"}
    token = moto.query(**asked)[1]["next_token"]
    moto.dynamodb.delete_item(
        TableName="processed-data-test",
        Key={"device_id": {"S": "d"}, "event_date": {"S": "1970-01-01T00:00:00.006Z"}},
    )

    assert moto.query(**asked, next_token=token) == (200, {"count": 0, "items": [], "next_token": None})


def test_an_answer_stops_where_lambda_would(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAXIMUM_BYTES", 3_000)
    fill(moto, 1, 2, 3, 4, text="€" * 100)

    _, body = moto.query(device_id="d", order="asc")

    assert [item["timestamp"] for item in body["items"]] == [1, 2, 3]
    assert moto.query(device_id="d", order="asc", next_token=body["next_token"])[1]["count"] == 1


def test_an_item_is_given_however_large(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAXIMUM_BYTES", 1)
    fill(moto, 1, 2)

    assert times(moto) == [2]


def test_the_largest_answer_stays_below_lambdas_limit(moto: MotoPipeline) -> None:
    values = {f"name-{number}": "€" * 256 for number in range(100)}
    for timestamp in range(60):
        fill(moto, timestamp, **values)

    asked = event("query")
    asked["queryStringParameters"] = {"device_id": "d", "table": "raw"}
    answer = query.lambda_handler(asked, Context())

    body = json.loads(answer["body"])
    assert len(json.dumps(answer)) < 6 * 1024 * 1024
    assert 0 < body["count"] < 60
    assert body["next_token"]


def test_tables_larger_than_a_page_of_dynamodb_are_read_on(moto: MotoPipeline) -> None:
    values = {f"name-{number}": "x" * 250 for number in range(100)}
    fill(moto, *range(25), **values)
    fill(moto, *range(25, 50), **values)

    assert len(times(moto, limit="50")) == 50


@pytest.mark.parametrize("table", ["raw", "processed"])
def test_a_series_has_the_statistics_of_each_interval(moto: MotoPipeline, table: str) -> None:
    fill(moto, 1, 2, 60_000)

    status, body = moto.query(device_id="d", table=table, interval="PT1M", statistics="count,avg", order="asc")

    assert (status, body["count"], body["next_token"]) == (200, 2, None)
    assert [item["values"]["temp"] for item in body["items"]] == [
        {"count": 2, "avg": Decimal("25.5")},
        {"count": 1, "avg": Decimal("25.5")},
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"device_id": ""},
        {"device_id": "d\ud800"},
        {"device_id": "d", "limit": "٣"},
        {"device_id": "d", "next_token": "AAAA"},
        {"device_id": "d", "next_token": "\x00"},
        {"device_id": "d", "ordr": "asc"},
    ],
)
def test_a_wrong_query_is_refused(moto: MotoPipeline, parameters: dict[str, str]) -> None:
    status, problem = moto.query(**parameters)

    assert (status, problem["title"]) == (400, "Bad Request")


def test_an_aws_that_fails_is_answered_with_503(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    failing: Any = FailingClient(moto.dynamodb, "query", client_error("AccessDeniedException"), times=1)
    monkeypatch.setattr(clients, "dynamodb", lambda: failing)

    assert moto.query(device_id="d")[0] == 503
    assert moto.query(device_id="d")[0] == 200
