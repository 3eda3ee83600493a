"""`POST /process`: what is stored raw is processed again."""

import json
from typing import Any

import pytest

from handlers import processor
from handlers.aws import clients
from tests.handlers.failing import fail
from tests.handlers.fakes import Context, FailingClient, client_error
from tests.handlers.world import RAW_TABLE, World, event


def test_a_device_is_processed_again_page_by_page(world: World) -> None:
    world.post(
        {"readings": [{"device_id": "d", "timestamp": number, "sensor_data": {"temp": number}} for number in range(5)]}
    )
    asked: dict[str, Any] = {"device_id": "d", "limit": 2}

    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["next_token"]:
        token = {"next_token": pages[-1]["next_token"]} if pages else {}
        status, page = world.reprocess(asked | token)
        assert status == 200
        pages.append(page)

    assert [(page["processed"], page["failed"]) for page in pages] == [(2, 0), (2, 0), (1, 0)]
    assert sorted(item["timestamp"] for item in world.processed_items()) == [0, 1, 2, 3, 4]
    assert world.reprocess({**asked, "limit": 5}) == (200, {"processed": 5, "failed": 0, "next_token": None})


def test_a_real_request_is_answered(world: World) -> None:
    answer = processor.lambda_handler(event("process"), Context())

    assert (answer["statusCode"], json.loads(answer["body"])) == (
        200,
        {"processed": 0, "failed": 0, "next_token": None},
    )
    assert world.processed_items() == []


def test_a_stretch_of_time_is_processed_again(world: World) -> None:
    world.post({"readings": [{"device_id": "d", "timestamp": number, "sensor_data": {"a": 1}} for number in range(5)]})

    assert world.reprocess({"device_id": "d", "start": 1, "end": "1970-01-01T00:00:00.003Z"})[1]["processed"] == 3


def test_a_last_page_may_be_asked_for_by_its_token(world: World) -> None:
    world.post({"readings": [{"device_id": "d", "timestamp": number, "sensor_data": {"a": 1}} for number in (7, 8)]})
    asked = {"device_id": "d", "end": 8, "limit": 1}
    token = world.reprocess(asked)[1]["next_token"]

    assert world.reprocess({**asked, "next_token": token}) == (200, {"processed": 1, "failed": 0, "next_token": None})


def test_stored_items_that_are_no_readings_have_failed(world: World) -> None:
    world.post({"device_id": "d", "timestamp": 1, "sensor_data": {"a": 1}})
    world.dynamodb.put_item(TableName=RAW_TABLE, Item={"device_id": {"S": "d"}, "timestamp": {"N": "2"}})

    assert world.reprocess({"device_id": "d"}) == (200, {"processed": 1, "failed": 1, "next_token": None})


@pytest.mark.parametrize("operation", ["query", "batch_write_item"])
def test_a_replay_that_aws_did_not_do_is_not_acknowledged(
    world: World, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    world.post({"device_id": "d", "timestamp": 1, "sensor_data": {"a": 1}})
    failing = fail(world, monkeypatch, "dynamodb", operation)

    assert world.reprocess({"device_id": "d"})[0] == 503
    assert failing.calls[-1] == operation
    assert world.reprocess({"device_id": "d"})[1]["processed"] == 1


def test_a_refused_item_is_counted_by_a_replay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.post({"device_id": "d", "timestamp": 1, "sensor_data": {"a": 1}})
    refusing = FailingClient(world.dynamodb, "batch_write_item", client_error("ValidationException"), times=1)
    monkeypatch.setattr(clients, "dynamodb", lambda: refusing)

    assert world.reprocess({"device_id": "d"}) == (200, {"processed": 0, "failed": 1, "next_token": None})


def test_a_replay_publishes_the_last_state_and_no_transition_before(world: World) -> None:
    for timestamp, value in ((1, 20), (2, 99), (3, 20), (4, 99)):
        world.post({"device_id": "d", "timestamp": timestamp, "sensor_data": {"temp": value}})

    for asked in ({"device_id": "d"}, {"device_id": "d", "end": 3}):
        assert world.reprocess(asked)[0] == 200

    assert [(told["state"], told["timestamp"]) for told in world.notifications()] == [("alert", 4)]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"device_id":"?"}', '{"device_id":"d","more":1}'])
def test_a_wrong_request_is_refused(world: World, body: str) -> None:
    assert world.reprocess(body)[0] == 400
