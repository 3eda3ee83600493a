"""Messages of several readings: the failure of one does not affect the others, and the message has one outcome."""

from collections import Counter
from decimal import Decimal

import pytest

from handlers.aws import clients
from handlers.aws.alert_state import PARTITIONS, table_key
from handlers.domain import transform
from handlers.services import preparation
from tests.handlers.fakes import FailingClient, Logs
from tests.handlers.moto_pipeline import (
    PROCESSED_TABLE,
    MotoPipeline,
    message,
    packed_message,
    reading_message,
)
from tests.handlers.processor_failures import DENIED, ChosenFail, attributes, counted, mistake_at

DEVICE = "d"


def test_a_mistake_in_the_code_costs_its_neighbours_in_the_message_nothing(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    mistake_at(monkeypatch, 2)
    bad, good = packed_message(*((DEVICE, at, {"temp": 1}) for at in (1, 2, 3))), reading_message(DEVICE, 4, temp=1)

    assert moto.process(bad, good) == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 3, 4]
    assert [line["error"] for line in logs.lines() if "error" in line] == ["#/readings/1 ZeroDivisionError"]
    monkeypatch.setattr(preparation, "plan", transform.plan)
    assert moto.process(bad) == {"batchItemFailures": []}
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 2, 3, 4]


def test_a_message_one_reading_of_which_is_refused_is_dead_lettered_and_the_others_are_processed(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refusing = ChosenFail(moto, at_2="ValidationException")
    monkeypatch.setattr(clients, "dynamodb", lambda: refusing)
    packed = packed_message(*((DEVICE, at, {"temp": 1}) for at in (1, 2, 3)))

    assert moto.process(packed, reading_message(DEVICE, 4, temp=1)) == {"batchItemFailures": []}

    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 3, 4]
    (dead_letter,) = moto.dead_letters()
    assert dead_letter["Body"] == packed["body"]
    assert attributes(dead_letter)["reason"] == "#/readings/1 batch_write_item: ValidationException"
    assert counted(capsys) == (3, 1)
    refusing.codes.clear()
    assert moto.process(message(dead_letter["Body"])) == {"batchItemFailures": []}
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 2, 3, 4]


def test_a_message_with_an_invalid_reading_is_dead_lettered_and_the_others_are_processed(
    moto: MotoPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = packed_message((DEVICE, 1, {"temp": 1}), (DEVICE, 2, {"temp": None}), (DEVICE, 3, {"temp": 1}))

    assert moto.process(packed) == {"batchItemFailures": []}

    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 3]
    (dead_letter,) = moto.dead_letters()
    assert dead_letter["Body"] == packed["body"]
    reason = "#/readings/1/sensor_data/temp must be a finite number, a string or a boolean"
    assert attributes(dead_letter)["reason"] == reason
    assert counted(capsys) == (2, 1)


def test_a_dead_letter_names_each_failed_reading_and_the_log_no_payload(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    monkeypatch.setattr(clients, "dynamodb", lambda: ChosenFail(moto, at_3="ValidationException"))
    packed = packed_message((DEVICE, 1, {"temp": 1}), ("SECRET", -1, {"SECRET": 1}), (DEVICE, 3, {"temp": 1}))

    assert moto.process(packed) == {"batchItemFailures": []}

    (dead_letter,) = moto.dead_letters()
    early = "#/readings/1/timestamp must not be before 1970-01-01T00:00:00.000Z"
    reasons = (early, "#/readings/2 batch_write_item: ValidationException")
    assert attributes(dead_letter)["reason"] == "; ".join(reasons)
    errors = [line["error"] for line in logs.lines() if "error" in line]
    assert errors == ["#/readings/1 MalformedMessageError and 1 more"]


def test_no_reading_of_a_message_is_valid_and_each_is_counted(
    moto: MotoPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert moto.process(packed_message((DEVICE, 1, {"a": None}), (DEVICE, 2, {"a": []}))) == {"batchItemFailures": []}

    assert moto.processed_items() == []
    assert attributes(moto.dead_letters()[0])["reason"].count("/sensor_data/a must be") == 2
    assert counted(capsys) == (0, 2)


def test_a_message_with_an_invalid_reading_is_deferred_while_another_may_succeed(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    failing = ChosenFail(moto, at_3="AccessDeniedException")
    monkeypatch.setattr(clients, "dynamodb", lambda: failing)
    packed, stranger = packed_message((DEVICE, 1, {"a": None}), (DEVICE, 3, {"a": 1})), message("?")

    assert moto.process(packed, stranger) == {"batchItemFailures": [{"itemIdentifier": packed["messageId"]}]}

    assert [dead_letter["Body"] for dead_letter in moto.dead_letters()] == ["?"]
    errors = {line["error"] for line in logs.lines() if "error" in line}
    assert errors == {"#/readings/1 batch_write_item: AccessDeniedException and 1 more", "MalformedMessageError"}
    failing.codes.clear()
    assert moto.process(packed) == {"batchItemFailures": []}
    assert [item["timestamp"] for item in moto.processed_items()] == [3]
    assert len(moto.dead_letters()) == 1


def test_a_message_that_is_delivered_twice_in_a_batch_is_counted_twice(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clients, "dynamodb", lambda: ChosenFail(moto, at_2="ValidationException"))
    packed, stranger = packed_message((DEVICE, 1, {"a": 1}), (DEVICE, 2, {"a": 1})), message("?")

    assert moto.process(packed, packed, stranger, stranger) == {"batchItemFailures": []}

    assert counted(capsys) == (2, 4)


def test_a_transient_failure_of_one_reading_defers_the_message_whatever_the_other_failures(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The chunk of the batch contains both: refused, it is written reading by reading, of which one is then denied.
    failing = ChosenFail(moto, at_1="ValidationException", at_3="AccessDeniedException")
    monkeypatch.setattr(clients, "dynamodb", lambda: failing)
    packed, good = packed_message(*((DEVICE, at, {"a": 1}) for at in (1, 2, 3))), reading_message(DEVICE, 4, a=1)

    assert moto.process(packed, good) == {"batchItemFailures": [{"itemIdentifier": packed["messageId"]}]}

    assert moto.dead_letters() == []
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [2, 4]
    failing.codes = {"1": "ValidationException"}
    assert moto.process(packed) == {"batchItemFailures": []}
    assert len(moto.dead_letters()) == 1
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [2, 3, 4]


def test_a_message_of_the_version_before_names_its_reading(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "dynamodb", lambda: ChosenFail(moto, at_1="ValidationException"))
    reading = {"device_id": DEVICE, "timestamp": 1, "sensor_data": {"temp": 25.5}}

    assert moto.process(message({"version": 1, "accepted_at": 1, "reading": reading})) == {"batchItemFailures": []}
    assert attributes(moto.dead_letters()[0])["reason"] == "#/reading batch_write_item: ValidationException"


def test_a_message_of_the_version_before_is_processed(moto: MotoPipeline) -> None:
    reading = {"device_id": DEVICE, "timestamp": 1, "sensor_data": {"temp": 25.5}}
    body = {"version": 1, "accepted_at": 1, "reading": reading}

    assert moto.process(message(body), reading_message(DEVICE, 2, temp=1)) == {"batchItemFailures": []}

    assert sorted((item["timestamp"], item["temperature"]) for item in moto.processed_items()) == [
        (1, Decimal("25.5")),
        (2, 1),
    ]


def test_the_same_reading_twice_in_a_message_and_in_a_batch_is_processed_once(moto: MotoPipeline) -> None:
    hot = (DEVICE, 1, {"temp": 90})

    assert moto.process(packed_message(hot, hot), packed_message(hot, (DEVICE, 2, {"temp": 90}))) == {
        "batchItemFailures": []
    }
    assert sorted(item["timestamp"] for item in moto.processed_items()) == [1, 2]
    assert [each["state"] for each in moto.notifications()] == ["alert"]


def test_an_alert_that_cannot_be_published_defers_each_message_of_its_device(moto: MotoPipeline) -> None:
    damaged = {**table_key(("ill", "temperature")), "decided_at": {"N": "9e12"}}
    moto.dynamodb.put_item(TableName=PROCESSED_TABLE, Item=damaged)
    held = [packed_message((well, 1, {"temp": 1}), ("ill", at, {"temp": 90})) for at, well in ((1, "a"), (2, "b"))]
    free = packed_message(("c", 1, {"temp": 90}), ("ill", 3, {"humidity": 1}))

    failed = moto.process(*held, free)["batchItemFailures"]

    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in held]
    assert [each["device_id"] for each in moto.notifications()] == ["c"]
    assert len(moto.processed_items()) == 6


def test_a_full_batch_of_full_messages_is_written_by_few_calls(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = FailingClient(moto.dynamodb, "none", DENIED)
    monkeypatch.setattr(clients, "dynamodb", lambda: watching)
    sent = [(f"{DEVICE}-{number}", 1, {"temp": 1}) for number in range(1000)]

    assert moto.process(*(packed_message(*sent[at : at + 10]) for at in range(0, 1000, 10))) == {
        "batchItemFailures": []
    }

    assert Counter(watching.calls) == {"batch_write_item": 40, "query": PARTITIONS}
    assert len({item["device_id"] for item in moto.processed_items()}) == 1000
