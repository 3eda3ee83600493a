"""The processor: batches from the queue."""

import json
from decimal import Decimal
from typing import Any

import pytest

from handlers import processor
from handlers.aws import clients
from handlers.aws.alert_state import table_key
from handlers.services.batch import BatchFailedError, BatchProcessing, Outcomes
from tests.handlers.fakes import Context, FailingClient, Logs, client_error
from tests.handlers.moto_pipeline import (
    CONFIG_PARAMETER,
    PROCESSED_TABLE,
    MotoPipeline,
    event,
    message,
    reading_message,
)
from tests.handlers.processor_failures import attributes, fail, mistake_at

DEVICE = "d"
GOOD = (DEVICE, 1_795_428_930_123)


def test_a_real_event_is_processed_and_the_other_message_dead_lettered(moto: MotoPipeline) -> None:
    response = processor.lambda_handler(event("messages"), Context())

    assert response == {"batchItemFailures": []}
    (item,) = moto.processed_items()
    assert item["event_date"] == "2026-11-23T10:15:30.123Z"
    assert item["temperature_fahrenheit"] == Decimal("77.9")
    assert item["status"] == "processed"
    (dead_letter,) = moto.dead_letters()
    assert dead_letter["Body"] == '{"version":3,"payload":"from the future"}'
    assert attributes(dead_letter) == {
        "reason": "not a message of version 1 or 2",
        "original_message_id": "2e1424d4-f796-459a-8184-9c92662be6da",
        "receive_count": "2",
    }


def test_one_invalid_message_does_not_delay_the_others(moto: MotoPipeline) -> None:
    response = moto.process(reading_message("d", 1, temp=1), message("?", 3), reading_message("d", 2, temp=2))

    assert response == {"batchItemFailures": []}
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 2]
    assert [attributes(dead_letter)["receive_count"] for dead_letter in moto.dead_letters()] == ["3"]


def test_a_batch_of_strangers_is_no_failure(moto: MotoPipeline) -> None:
    assert moto.process(message("?"), message("[]")) == {"batchItemFailures": []}
    assert len(moto.dead_letters()) == 2


def test_a_message_that_cannot_be_dead_lettered_is_redelivered(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(moto, monkeypatch, "sqs", "send_message_batch")
    bad, good = message("?"), reading_message("d", 1, temp=1)

    response = moto.process(bad, good)

    assert response == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert moto.dead_letters() == []


def test_a_transient_failure_defers_the_message(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(moto, monkeypatch, "dynamodb", "batch_write_item")
    putting_off = fail(moto, monkeypatch, "sqs", "change_message_visibility_batch")
    records = [reading_message("d", number, humidity=1) for number in range(30)]

    response = moto.process(*records)

    failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
    first, last = ({record["messageId"] for record in some} for some in (records[:25], records[25:]))
    assert failed in (first, last)  # the calls are made side by side: either may be the one that failed
    assert putting_off.calls.count("change_message_visibility_batch") == (3 if failed == first else 1)
    assert len(moto.processed_items()) == 30 - len(failed)
    assert moto.process(*[record for record in records if record["messageId"] in failed]) == {"batchItemFailures": []}
    assert len(moto.processed_items()) == 30


def test_a_whole_batch_that_fails_is_not_hidden(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    fail(moto, monkeypatch, "dynamodb", "batch_write_item")

    with pytest.raises(
        BatchFailedError, match="all 1 messages failed, one of them with: #/readings/0 batch_write_item: AccessDenied"
    ):
        moto.process(reading_message("d", 1, temp=1))

    undone, deferred, ended = logs.lines()
    assert undone["message"] == "SQS entries failed"  # the receipt is made up
    refused = "#/readings/0 batch_write_item: AccessDeniedException"
    assert (deferred["message"], deferred["error"]) == ("message deferred", refused)
    assert (ended["message"], ended["deferred"]) == ("batch ended", 1)


def test_a_mistake_in_the_code_fails_only_its_message(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    mistake_at(monkeypatch, 1)
    bad, good = reading_message("d", 1, temp=1), reading_message("d", 2, temp=1)

    assert moto.process(bad, good) == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    (exception,) = (line["exception"] for line in logs.lines() if "exception" in line)
    assert "ZeroDivisionError" in exception


def test_an_item_that_dynamodb_refuses_is_dead_lettered(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = FailingClient(moto.dynamodb, "batch_write_item", client_error("ValidationException"), times=1)
    monkeypatch.setattr(clients, "dynamodb", lambda: refusing)

    assert moto.process(reading_message("d", 1, temp=1)) == {"batchItemFailures": []}
    assert attributes(moto.dead_letters()[0])["reason"] == "#/readings/0 batch_write_item: ValidationException"


def test_a_silent_parameter_at_first_puts_the_batch_off(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(moto, monkeypatch, "ssm", "get_parameter")
    putting_off = fail(moto, monkeypatch, "sqs", "nothing")
    record = reading_message("d", 1, temp=1)

    with pytest.raises(BatchFailedError, match="get_parameter: AccessDenied"):
        moto.process(record)
    assert putting_off.calls == ["change_message_visibility_batch"]

    assert moto.process(record) == {"batchItemFailures": []}


def test_rules_mark_items_and_notify_subscribers(moto: MotoPipeline) -> None:
    moto.process(reading_message("d", 1, temp=90), reading_message("d", 2, temp=90))
    moto.process(reading_message("d", 3, temp=20))

    marks = {item["timestamp"]: item.get("broken_rules") for item in moto.processed_items()}
    assert marks == {1: ["temperature"], 2: ["temperature"], 3: None}
    assert [each["state"] for each in moto.notifications()] == ["alert", "clear"]


def test_the_alerts_of_many_devices_are_all_counted(moto: MotoPipeline, capsys: pytest.CaptureFixture[str]) -> None:
    moto.process(*[reading_message(f"d{number}", 1, temp=90) for number in range(20)])

    assert len(moto.notifications()) == 20
    assert sum(json.loads(capsys.readouterr().out.splitlines()[-1])["AlertsPublished"]) == 20


def test_processing_may_be_given_less_time(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({"processing_timeout": 10})
    moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
    given: list[float] = []

    def run(*arguments: Any) -> Outcomes:
        given.append(arguments[3].remaining())
        return Outcomes([], {}, {}, 0, 0)

    monkeypatch.setattr(BatchProcessing, "run", run)

    moto.process(reading_message("d", 1, temp=1))

    assert 9 < given[0] <= 10


@pytest.mark.parametrize("timeout", [0, 1, 4, 9, 901, 10**400])
def test_a_timeout_in_which_nothing_can_be_done_is_no_configuration(moto: MotoPipeline, timeout: int) -> None:
    text = json.dumps({"processing_timeout": timeout})
    moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)

    assert moto.process(reading_message("d", 1, temp=1)) == {"batchItemFailures": []}
    assert len(moto.processed_items()) == 1


def test_a_damaged_alert_item_is_the_trouble_of_its_device_alone(moto: MotoPipeline) -> None:
    damaged = {**table_key(("d1", "temperature")), "decided_at": {"N": "9e12"}}
    moto.dynamodb.put_item(TableName=PROCESSED_TABLE, Item=damaged)
    records = [reading_message(f"d{number}", 1, temp=90) for number in range(3)]

    failed = moto.process(*records)["batchItemFailures"]

    assert failed == [{"itemIdentifier": records[1]["messageId"]}]
    assert len(moto.notifications()) == 2


def test_a_failed_batch_shows_no_content_of_its_messages(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(moto, monkeypatch, "sqs", "send_message_batch", times=100)

    with pytest.raises(BatchFailedError) as raised:
        moto.process(message({"version": 1, "accepted_at": 1, "reading": {"SECRET": 1}}))

    assert str(raised.value) == "all 1 messages failed, one of them with: #/reading MalformedMessageError"


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("remaining", [60_000, 15_000, 9_500])
def test_short_functions_work_too(remaining: int) -> None:
    records = [reading_message("d", 1, temp=1)]

    assert processor.lambda_handler({"Records": records}, Context(remaining=remaining)) == {"batchItemFailures": []}


def test_the_alert_items_lie_apart_from_the_readings(moto: MotoPipeline) -> None:
    moto.process(reading_message(*GOOD, temp=90))

    (item,) = moto.items_of(PROCESSED_TABLE, GOOD[0])
    assert item["event_date"] == "2026-11-23T10:15:30.123Z"
    assert len(moto.alert_states(GOOD[0])) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"attributes": None},
        {"attributes": {"ApproximateReceiveCount": "x"}},
        {"messageAttributes": None},
        {"messageAttributes": {"correlation_id": None}},
    ],
)
def test_a_record_without_the_usual_attributes_costs_nobody_the_batch(moto: MotoPipeline, odd: dict[str, Any]) -> None:
    response = moto.process(message("?") | odd, reading_message("d", 1, temp=1))

    assert response == {"batchItemFailures": []}
    assert len(moto.processed_items()) == 1
    assert [attributes(dead_letter)["receive_count"] for dead_letter in moto.dead_letters()] == ["1"]


def test_an_empty_batch_is_no_failure(moto: MotoPipeline) -> None:
    assert moto.process() == {"batchItemFailures": []}
