"""`POST /process`: what is stored raw is processed again."""

import json
from typing import Any

import pytest

from handlers import processor
from handlers.aws import clients
from tests.handlers.fakes import Context, FailingClient, client_error
from tests.handlers.moto_pipeline import RAW_TABLE, MotoPipeline, event
from tests.handlers.processor_failures import fail


def test_a_device_is_processed_again_page_by_page(moto: MotoPipeline) -> None:
    moto.post(
        {"readings": [{"device_id": "d", "timestamp": number, "sensor_data": {"temp": number}} for number in range(5)]}
    )
    asked: dict[str, Any] = {"device_id": "d", "limit": 2}

    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["next_token"]:
        token = {"next_token": pages[-1]["next_token"]} if pages else {}
        status, page = moto.reprocess(asked | token)
        assert status == 200
        pages.append(page)

    assert [(page["processed"], page["failed"]) for page in pages] == [(2, 0), (2, 0), (1, 0)]
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [0, 1, 2, 3, 4]
    assert moto.reprocess({**asked, "limit": 5}) == (200, {"processed": 5, "failed": 0, "next_token": None})


def test_a_real_request_is_answered(moto: MotoPipeline) -> None:
    answer = processor.lambda_handler(event("process"), Context())

    assert (answer["statusCode"], json.loads(answer["body"])) == (
        200,
        {"processed": 0, "failed": 0, "next_token": None},
    )
    assert moto.processed_items() == []


def test_a_stretch_of_time_is_processed_again(moto: MotoPipeline) -> None:
    moto.post({"readings": [{"device_id": "d", "timestamp": number, "sensor_data": {"a": 1}} for number in range(5)]})

    assert moto.reprocess({"device_id": "d", "start": 1, "end": "1970-01-01T00:00:00.003Z"})[1]["processed"] == 3


def test_a_last_page_may_be_asked_for_by_its_token(moto: MotoPipeline) -> None:
    moto.post({"readings": [{"device_id": "d", "timestamp": number, "sensor_data": {"a": 1}} for number in (7, 8)]})
    asked = {"device_id": "d", "end": 8, "limit": 1}
    token = moto.reprocess(asked)[1]["next_token"]

    assert moto.reprocess({**asked, "next_token": token}) == (200, {"processed": 1, "failed": 0, "next_token": None})


def test_stored_items_that_are_no_readings_have_failed(moto: MotoPipeline) -> None:
    moto.post({"device_id": "d", "timestamp": 1, "sensor_data": {"a": 1}})
    moto.dynamodb.put_item(TableName=RAW_TABLE, Item={"device_id": {"S": "d"}, "timestamp": {"N": "2"}})

    assert moto.reprocess({"device_id": "d"}) == (200, {"processed": 1, "failed": 1, "next_token": None})


@pytest.mark.parametrize("operation", ["query", "batch_write_item"])
def test_a_replay_that_aws_did_not_do_is_not_acknowledged(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    moto.post({"device_id": "d", "timestamp": 1, "sensor_data": {"a": 1}})
    failing = fail(moto, monkeypatch, "dynamodb", operation)

    assert moto.reprocess({"device_id": "d"})[0] == 503
    assert failing.calls[-1] == operation
    assert moto.reprocess({"device_id": "d"})[1]["processed"] == 1


def test_a_refused_item_is_counted_by_a_replay(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    moto.post({"device_id": "d", "timestamp": 1, "sensor_data": {"a": 1}})
    refusing = FailingClient(moto.dynamodb, "batch_write_item", client_error("ValidationException"), times=1)
    monkeypatch.setattr(clients, "dynamodb", lambda: refusing)

    assert moto.reprocess({"device_id": "d"}) == (200, {"processed": 0, "failed": 1, "next_token": None})


def test_a_replay_publishes_the_last_state_and_no_transition_before(moto: MotoPipeline) -> None:
    for timestamp, value in ((1, 20), (2, 99), (3, 20), (4, 99)):
        moto.post({"device_id": "d", "timestamp": timestamp, "sensor_data": {"temp": value}})

    for asked in ({"device_id": "d"}, {"device_id": "d", "end": 3}):
        assert moto.reprocess(asked)[0] == 200

    assert [(each["state"], each["timestamp"]) for each in moto.notifications()] == [("alert", 4)]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"device_id":"?"}', '{"device_id":"d","more":1}'])
def test_a_wrong_request_is_refused(moto: MotoPipeline, body: str) -> None:
    assert moto.reprocess(body)[0] == 400
