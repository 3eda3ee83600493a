"""What AWS or the code does not do is not acknowledged, and loses nothing."""

import json
from typing import Any

import pytest

from handlers import ingestion
from handlers.aws import clients
from tests.handlers.fakes import Clock, Context, FailingClient, Logs, client_error, use_clock
from tests.handlers.moto_pipeline import RAW_TABLE, MotoPipeline, event

PAST = {"device_id": "d", "timestamp": 1_000, "sensor_data": {"temp": 25.5}}
OTHER = {**PAST, "sensor_data": {"temp": 26}}

FAILURES = [("dynamodb", "put_item"), ("sqs", "send_message_batch"), ("ssm", "get_parameter")]


@pytest.mark.parametrize(("service", "operation"), FAILURES)
def test_what_aws_did_not_do_is_not_acknowledged(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, service: str, operation: str
) -> None:
    failing = FailingClient(getattr(moto, service), operation, client_error("AccessDeniedException"), times=1)
    monkeypatch.setattr(clients, service, lambda: failing)
    batch = {"readings": [PAST, {**PAST, "timestamp": 1}]}

    answer = ingestion.lambda_handler({**event("ingest"), "body": json.dumps(batch)}, Context())

    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "2")
    assert "chosen_timestamps" not in json.loads(answer["body"])
    assert moto.post(batch) == (200, {"accepted": 2, "rejected": []})
    queued = {reading["timestamp"] for reading in moto.queued_readings()}
    assert queued == {item["timestamp"] for item in moto.raw_items()} == {1, 1_000}


def test_a_retry_needs_the_time_that_the_server_chose(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = FailingClient(moto.sqs, "send_message_batch", client_error("AccessDeniedException"), times=1)
    monkeypatch.setattr(clients, "sqs", lambda: failing)
    sent = {"device_id": "d", "sensor_data": {"temp": 1}}

    status, problem = moto.post(sent)
    (chosen,) = problem["chosen_timestamps"]

    assert (status, chosen["index"], chosen["device_id"]) == (503, 0, "d")
    assert moto.post({**sent, "timestamp": chosen["timestamp"]})[0] == 200
    assert [item["timestamp"] for item in moto.raw_items()] == [chosen["timestamp"]]


class SecondPutFails(FailingClient):
    """DynamoDB, which fails once the reading has been moved."""

    def put_item(self, **arguments: Any) -> Any:
        self.calls.append("put_item")
        if self.calls == ["put_item"] * 2:
            raise client_error("AccessDeniedException")
        return self._client.put_item(**arguments)  # type: ignore[attr-defined] # a client of DynamoDB


@pytest.mark.parametrize("service", ["dynamodb", "sqs"])
def test_the_time_to_retry_with_is_the_one_that_was_used(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    monkeypatch.setattr(ingestion, "now", lambda: 1_000)
    taken = {"device_id": {"S": "d"}, "timestamp": {"N": "1000"}, "sensor_data": {"M": {"temp": {"N": "7"}}}}
    moto.dynamodb.put_item(TableName=RAW_TABLE, Item=taken)
    kind, operation = {"dynamodb": (SecondPutFails, "none"), "sqs": (FailingClient, "send_message_batch")}[service]
    failing = kind(getattr(moto, service), operation, client_error("AccessDeniedException"), times=1)
    monkeypatch.setattr(clients, service, lambda: failing)
    sent = {"device_id": "d", "sensor_data": {"temp": 1}}

    status, problem = moto.post({"readings": [sent]})
    (chosen,) = problem["chosen_timestamps"]

    assert (status, chosen["timestamp"]) == (503, 1_001)
    again = {"readings": [{**sent, "timestamp": chosen["timestamp"]}]}
    assert moto.post(again) == (200, {"accepted": 1, "rejected": []})
    assert {reading["timestamp"] for reading in moto.queued_readings()} == {1_001}
    assert {item["timestamp"] for item in moto.raw_items()} == {1_000, 1_001}


def test_what_was_stored_is_queued_even_where_its_neighbour_failed(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = FailingClient(moto.dynamodb, "put_item", client_error("AccessDeniedException"), times=1)
    monkeypatch.setattr(clients, "dynamodb", lambda: failing)

    status, _ = moto.post({"readings": [PAST, {**PAST, "timestamp": 1}]})

    assert status == 503
    stored = [item["timestamp"] for item in moto.raw_items()]
    assert len(stored) == 1
    assert [reading["timestamp"] for reading in moto.queued_readings()] == stored


def test_a_throttle_is_waited_out(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    throttled = FailingClient(moto.dynamodb, "put_item", client_error("ThrottlingException"), times=3)
    monkeypatch.setattr(clients, "dynamodb", lambda: throttled)
    use_clock(monkeypatch, clock)

    assert moto.post(PAST)[0] == 200
    assert len(clock.pauses) == 3


def test_without_time_nothing_is_begun(moto: MotoPipeline) -> None:
    answer = ingestion.lambda_handler(event("ingest"), Context(remaining=3_000))

    assert answer["statusCode"] == 503
    assert moto.raw_items() == []


def test_a_mistake_of_ours_stays_inside(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, logs: Logs) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(ingestion, "receipt", broken)

    status, problem = moto.post(PAST)

    assert (status, problem) == (
        500,
        {"title": "Internal Server Error", "status": 500, "detail": "The request failed on our side."},
    )
    assert "the inside" in logs.lines()[-1]["exception"]
