"""The processor: batches from the queue, and `POST /process`."""

import json
from decimal import Decimal
from typing import Any

import pytest

from handlers import processor
from handlers.aws import clients
from handlers.domain import transform
from handlers.services import preparation
from handlers.services.batch import BatchFailedError, BatchProcessing
from tests.handlers.fakes import Context, FailingClient, Logs, client_error
from tests.handlers.world import (
    CONFIG_PARAMETER,
    PROCESSED_TABLE,
    RAW_TABLE,
    World,
    event,
    message,
    packed_message,
    reading_message,
)

DENIED = client_error("AccessDeniedException")
DEVICE = "d"
GOOD = (DEVICE, 1_795_428_930_123)


def fail(world: World, monkeypatch: pytest.MonkeyPatch, service: str, operation: str, times: int = 1) -> FailingClient:
    failing = FailingClient(getattr(world, service), operation, DENIED, times=times)
    monkeypatch.setattr(clients, service, lambda: failing)
    return failing


def attributes(letter: dict[str, Any]) -> dict[str, str]:
    return {name: attribute["StringValue"] for name, attribute in letter["MessageAttributes"].items()}


def counted(capsys: pytest.CaptureFixture[str]) -> tuple[int, int]:
    """The readings that the last batch's metrics count as processed and as failed."""
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    return sum(metrics["ReadingsProcessed"]), sum(metrics["ReadingsFailed"])


def test_a_real_event_is_processed_and_its_stranger_sent_away(world: World) -> None:
    response = processor.lambda_handler(event("messages"), Context())

    assert response == {"batchItemFailures": []}
    (item,) = world.processed_items()
    assert item["event_date"] == "2026-11-23T10:15:30.123Z"
    assert item["temperature_fahrenheit"] == Decimal("77.9")
    assert item["status"] == "processed"
    (letter,) = world.dead_letters()
    assert letter["Body"] == '{"version":3,"payload":"from the future"}'
    assert attributes(letter) == {
        "reason": "not a message of version 1 or 2",
        "original_message_id": "2e1424d4-f796-459a-8184-9c92662be6da",
        "receive_count": "2",
    }


def test_one_bad_message_holds_nobody_back(world: World) -> None:
    response = world.process(reading_message("d", 1, temp=1), message("?", 3), reading_message("d", 2, temp=2))

    assert response == {"batchItemFailures": []}
    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 2]
    assert [attributes(letter)["receive_count"] for letter in world.dead_letters()] == ["3"]


def test_a_batch_of_strangers_is_no_failure(world: World) -> None:
    assert world.process(message("?"), message("[]")) == {"batchItemFailures": []}
    assert len(world.dead_letters()) == 2


def test_an_unsent_dead_letter_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(world, monkeypatch, "sqs", "send_message_batch")
    bad, good = message("?"), reading_message("d", 1, temp=1)

    response = world.process(bad, good)

    assert response == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert world.dead_letters() == []


def test_what_may_succeed_later_is_put_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(world, monkeypatch, "dynamodb", "batch_write_item")
    putting_off = fail(world, monkeypatch, "sqs", "change_message_visibility_batch")
    records = [reading_message("d", number, humidity=1) for number in range(30)]

    response = world.process(*records)

    failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
    first, last = ({record["messageId"] for record in some} for some in (records[:25], records[25:]))
    assert failed in (first, last)  # the calls are made side by side: either may be the one that failed
    assert putting_off.calls.count("change_message_visibility_batch") == (3 if failed == first else 1)
    assert len(world.processed_items()) == 30 - len(failed)
    assert world.process(*[record for record in records if record["messageId"] in failed]) == {"batchItemFailures": []}
    assert len(world.processed_items()) == 30


def test_a_whole_batch_that_fails_is_not_hidden(world: World, monkeypatch: pytest.MonkeyPatch, logs: Logs) -> None:
    fail(world, monkeypatch, "dynamodb", "batch_write_item")

    with pytest.raises(
        BatchFailedError, match="all 1 messages failed, one of them with: #/readings/0 batch_write_item: AccessDenied"
    ):
        world.process(reading_message("d", 1, temp=1))

    undone, put_off, ended = logs.lines()
    assert undone["message"] == "SQS left entries undone"  # the receipt is made up
    refused = "#/readings/0 batch_write_item: AccessDeniedException"
    assert (put_off["message"], put_off["error"]) == ("message put off", refused)
    assert (ended["message"], ended["put_off"]) == ("batch ended", 1)


def test_a_mistake_in_the_code_fails_only_its_message(
    world: World, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    original = transform.plan

    def mistaken(reading: Any, *arguments: Any) -> Any:
        if reading.timestamp == 1:
            raise ZeroDivisionError
        return original(reading, *arguments)

    monkeypatch.setattr(preparation, "plan", mistaken)
    bad, good = reading_message("d", 1, temp=1), reading_message("d", 2, temp=1)

    assert world.process(bad, good) == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    (exception,) = (line["exception"] for line in logs.lines() if "exception" in line)
    assert "ZeroDivisionError" in exception


def test_a_mistake_in_the_code_costs_its_neighbours_in_the_message_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    original = transform.plan

    def mistaken(reading: Any, *arguments: Any) -> Any:
        if reading.timestamp == 2:
            raise ZeroDivisionError
        return original(reading, *arguments)

    monkeypatch.setattr(preparation, "plan", mistaken)
    bad, good = packed_message(*((DEVICE, at, {"temp": 1}) for at in (1, 2, 3))), reading_message(DEVICE, 4, temp=1)

    assert world.process(bad, good) == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 3, 4]
    assert [line["error"] for line in logs.lines() if "error" in line] == ["#/readings/1 ZeroDivisionError"]
    monkeypatch.setattr(preparation, "plan", original)
    assert world.process(bad) == {"batchItemFailures": []}
    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 2, 3, 4]


class ChosenFail:
    """DynamoDB, which fails each write that holds one of the chosen readings, by their times."""

    def __init__(self, world: World, **codes: str) -> None:
        self._client = world.dynamodb
        self.codes = {at.removeprefix("at_"): code for at, code in codes.items()}

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 - DynamoDB's name
        items = [request["PutRequest"]["Item"] for request in RequestItems[PROCESSED_TABLE]]
        for item in items:
            if code := self.codes.get(item["timestamp"]["N"]):
                raise client_error(code)
        return self._client.batch_write_item(RequestItems=RequestItems)


def test_a_message_one_reading_of_which_is_refused_is_sent_away_and_the_others_are_processed(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refusing = ChosenFail(world, at_2="ValidationException")
    monkeypatch.setattr(clients, "dynamodb", lambda: refusing)
    packed = packed_message(*((DEVICE, at, {"temp": 1}) for at in (1, 2, 3)))

    assert world.process(packed, reading_message(DEVICE, 4, temp=1)) == {"batchItemFailures": []}

    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 3, 4]
    (letter,) = world.dead_letters()
    assert letter["Body"] == packed["body"]
    assert attributes(letter)["reason"] == "#/readings/1 batch_write_item: ValidationException"
    assert counted(capsys) == (3, 1)
    refusing.codes.clear()
    assert world.process(message(letter["Body"])) == {"batchItemFailures": []}
    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 2, 3, 4]


def test_a_message_one_reading_of_which_is_none_is_sent_away_and_the_others_are_processed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = packed_message((DEVICE, 1, {"temp": 1}), (DEVICE, 2, {"temp": None}), (DEVICE, 3, {"temp": 1}))

    assert world.process(packed) == {"batchItemFailures": []}

    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 3]
    (letter,) = world.dead_letters()
    assert letter["Body"] == packed["body"]
    reason = "#/readings/1/sensor_data/temp must be a finite number, a string or a boolean"
    assert attributes(letter)["reason"] == reason
    assert counted(capsys) == (2, 1)


def test_a_dead_letter_names_each_of_its_readings_that_is_at_fault_and_the_log_no_payload(
    world: World, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    monkeypatch.setattr(clients, "dynamodb", lambda: ChosenFail(world, at_3="ValidationException"))
    packed = packed_message((DEVICE, 1, {"temp": 1}), ("SECRET", -1, {"SECRET": 1}), (DEVICE, 3, {"temp": 1}))

    assert world.process(packed) == {"batchItemFailures": []}

    (letter,) = world.dead_letters()
    reasons = ("#/readings/1/timestamp must not be before 1970", "#/readings/2 batch_write_item: ValidationException")
    assert attributes(letter)["reason"] == "; ".join(reasons)
    told = [line["error"] for line in logs.lines() if "error" in line]
    assert told == ["#/readings/1 MalformedMessageError and 1 more"]


def test_no_reading_of_a_message_is_valid_and_each_is_counted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.process(packed_message((DEVICE, 1, {"a": None}), (DEVICE, 2, {"a": []}))) == {"batchItemFailures": []}

    assert world.processed_items() == []
    assert attributes(world.dead_letters()[0])["reason"].count("/sensor_data/a must be") == 2
    assert counted(capsys) == (0, 2)


def test_a_message_that_holds_a_reading_which_is_none_is_put_off_while_another_may_succeed(
    world: World, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    failing = ChosenFail(world, at_3="AccessDeniedException")
    monkeypatch.setattr(clients, "dynamodb", lambda: failing)
    packed, stranger = packed_message((DEVICE, 1, {"a": None}), (DEVICE, 3, {"a": 1})), message("?")

    assert world.process(packed, stranger) == {"batchItemFailures": [{"itemIdentifier": packed["messageId"]}]}

    assert [letter["Body"] for letter in world.dead_letters()] == ["?"]
    told = {line["error"] for line in logs.lines() if "error" in line}
    assert told == {"#/readings/1 batch_write_item: AccessDeniedException and 1 more", "MalformedMessageError"}
    failing.codes.clear()
    assert world.process(packed) == {"batchItemFailures": []}
    assert [item["timestamp"] for item in world.processed_items()] == [3]
    assert len(world.dead_letters()) == 1


def test_a_message_that_is_delivered_twice_in_a_batch_is_counted_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clients, "dynamodb", lambda: ChosenFail(world, at_2="ValidationException"))
    packed, stranger = packed_message((DEVICE, 1, {"a": 1}), (DEVICE, 2, {"a": 1})), message("?")

    assert world.process(packed, packed, stranger, stranger) == {"batchItemFailures": []}

    assert counted(capsys) == (2, 4)


def test_a_message_one_reading_of_which_may_succeed_later_is_put_off_whatever_the_others_met(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The chunk of the batch holds both: refused, it is written reading by reading, of which one is then denied.
    failing = ChosenFail(world, at_1="ValidationException", at_3="AccessDeniedException")
    monkeypatch.setattr(clients, "dynamodb", lambda: failing)
    packed, good = packed_message(*((DEVICE, at, {"a": 1}) for at in (1, 2, 3))), reading_message(DEVICE, 4, a=1)

    assert world.process(packed, good) == {"batchItemFailures": [{"itemIdentifier": packed["messageId"]}]}

    assert world.dead_letters() == []
    assert sorted(item["timestamp"] for item in world.processed_items()) == [2, 4]
    failing.codes = {"1": "ValidationException"}
    assert world.process(packed) == {"batchItemFailures": []}
    assert len(world.dead_letters()) == 1
    assert sorted(item["timestamp"] for item in world.processed_items()) == [2, 3, 4]


def test_a_message_of_the_version_before_names_its_reading(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "dynamodb", lambda: ChosenFail(world, at_1="ValidationException"))
    reading = {"device_id": DEVICE, "timestamp": 1, "sensor_data": {"temp": 25.5}}

    assert world.process(message({"version": 1, "accepted_at": 1, "reading": reading})) == {"batchItemFailures": []}
    assert attributes(world.dead_letters()[0])["reason"] == "#/reading batch_write_item: ValidationException"


def test_a_message_of_the_version_before_is_processed(world: World) -> None:
    reading = {"device_id": DEVICE, "timestamp": 1, "sensor_data": {"temp": 25.5}}
    body = {"version": 1, "accepted_at": 1, "reading": reading}

    assert world.process(message(body), reading_message(DEVICE, 2, temp=1)) == {"batchItemFailures": []}

    assert sorted((item["timestamp"], item["temperature"]) for item in world.processed_items()) == [
        (1, Decimal("25.5")),
        (2, 1),
    ]


def test_the_same_reading_twice_in_a_message_and_in_a_batch_is_processed_once(world: World) -> None:
    hot = (DEVICE, 1, {"temp": 90})

    assert world.process(packed_message(hot, hot), packed_message(hot, (DEVICE, 2, {"temp": 90}))) == {
        "batchItemFailures": []
    }
    assert sorted(item["timestamp"] for item in world.processed_items()) == [1, 2]
    assert [told["state"] for told in world.told()] == ["alert"]


def test_an_alert_that_cannot_be_told_puts_off_each_message_that_holds_its_device(world: World) -> None:
    damaged = {"device_id": {"S": "#alert#ill"}, "event_date": {"S": "temperature"}, "decided_at": {"N": "9e12"}}
    world.dynamodb.put_item(TableName=PROCESSED_TABLE, Item=damaged)
    held = [packed_message((well, 1, {"temp": 1}), ("ill", at, {"temp": 90})) for at, well in ((1, "a"), (2, "b"))]
    free = packed_message(("c", 1, {"temp": 90}), ("ill", 3, {"humidity": 1}))

    failed = world.process(*held, free)["batchItemFailures"]

    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in held]
    assert [told["device_id"] for told in world.told()] == ["c"]
    assert len(world.processed_items()) == 6


def test_a_full_batch_of_full_messages_is_written_by_few_calls(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = FailingClient(world.dynamodb, "none", DENIED)
    monkeypatch.setattr(clients, "dynamodb", lambda: watching)
    sent = [(f"{DEVICE}-{number}", 1, {"temp": 1}) for number in range(1000)]

    assert world.process(*(packed_message(*sent[at : at + 10]) for at in range(0, 1000, 10))) == {
        "batchItemFailures": []
    }

    assert (watching.calls.count("batch_write_item"), watching.calls.count("batch_get_item")) == (40, 10)
    assert len({item["device_id"] for item in world.processed_items()}) == 1000


def test_an_item_that_dynamodb_refuses_is_sent_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = FailingClient(world.dynamodb, "batch_write_item", client_error("ValidationException"), times=1)
    monkeypatch.setattr(clients, "dynamodb", lambda: refusing)

    assert world.process(reading_message("d", 1, temp=1)) == {"batchItemFailures": []}
    assert attributes(world.dead_letters()[0])["reason"] == "#/readings/0 batch_write_item: ValidationException"


def test_a_silent_parameter_at_first_puts_the_batch_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(world, monkeypatch, "ssm", "get_parameter")
    putting_off = fail(world, monkeypatch, "sqs", "nothing")
    record = reading_message("d", 1, temp=1)

    with pytest.raises(BatchFailedError, match="get_parameter: AccessDenied"):
        world.process(record)
    assert putting_off.calls == ["change_message_visibility_batch"]

    assert world.process(record) == {"batchItemFailures": []}


def test_rules_mark_items_and_tell_subscribers(world: World) -> None:
    world.process(reading_message("d", 1, temp=90), reading_message("d", 2, temp=90))
    world.process(reading_message("d", 3, temp=20))

    marks = {item["timestamp"]: item.get("broken_rules") for item in world.processed_items()}
    assert marks == {1: ["temperature"], 2: ["temperature"], 3: None}
    assert [each["state"] for each in world.told()] == ["alert", "clear"]


def test_the_alerts_of_many_devices_are_all_counted(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.process(*[reading_message(f"d{number}", 1, temp=90) for number in range(20)])

    assert len(world.told()) == 20
    assert sum(json.loads(capsys.readouterr().out.splitlines()[-1])["AlertsPublished"]) == 20


def test_processing_may_be_given_less_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({"processing_timeout": 10})
    world.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
    given: list[float] = []
    monkeypatch.setattr(BatchProcessing, "run", lambda *arguments: given.append(arguments[3].deadline.remaining()))
    monkeypatch.setattr(processor, "report", lambda *_: None)
    monkeypatch.setattr(processor, "response", lambda *_: {})

    world.process(reading_message("d", 1, temp=1))

    assert 9 < given[0] <= 10


@pytest.mark.parametrize("timeout", [0, 1, 4, 9, 901, 10**400])
def test_a_timeout_in_which_nothing_can_be_done_is_no_configuration(world: World, timeout: int) -> None:
    text = json.dumps({"processing_timeout": timeout})
    world.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)

    assert world.process(reading_message("d", 1, temp=1)) == {"batchItemFailures": []}
    assert len(world.processed_items()) == 1


def test_a_damaged_alert_item_is_the_trouble_of_its_device_alone(world: World) -> None:
    damaged = {"device_id": {"S": "#alert#d1"}, "event_date": {"S": "temperature"}, "decided_at": {"N": "9e12"}}
    world.dynamodb.put_item(TableName=PROCESSED_TABLE, Item=damaged)
    records = [reading_message(f"d{number}", 1, temp=90) for number in range(3)]

    failed = world.process(*records)["batchItemFailures"]

    assert failed == [{"itemIdentifier": records[1]["messageId"]}]
    assert len(world.told()) == 2


def test_what_a_message_held_is_not_told_where_a_whole_batch_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(world, monkeypatch, "sqs", "send_message_batch", times=100)

    with pytest.raises(BatchFailedError) as raised:
        world.process(message({"version": 1, "accepted_at": 1, "reading": {"SECRET": 1}}))

    assert str(raised.value) == "all 1 messages failed, one of them with: #/reading MalformedMessageError"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("remaining", [60_000, 15_000, 9_500])
def test_short_functions_work_too(remaining: int) -> None:
    records = [reading_message("d", 1, temp=1)]

    assert processor.lambda_handler({"Records": records}, Context(remaining=remaining)) == {"batchItemFailures": []}


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


def test_a_replay_tells_where_a_device_stands_and_not_what_it_went_through(world: World) -> None:
    for timestamp, value in ((1, 20), (2, 99), (3, 20), (4, 99)):
        world.post({"device_id": "d", "timestamp": timestamp, "sensor_data": {"temp": value}})

    for asked in ({"device_id": "d"}, {"device_id": "d", "end": 3}):
        assert world.reprocess(asked)[0] == 200

    assert [(told["state"], told["timestamp"]) for told in world.told()] == [("alert", 4)]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"device_id":"?"}', '{"device_id":"d","more":1}'])
def test_a_wrong_request_is_refused(world: World, body: str) -> None:
    assert world.reprocess(body)[0] == 400


def test_the_alert_items_lie_apart_from_the_readings(world: World) -> None:
    world.process(reading_message(*GOOD, temp=90))

    (item,) = world.items_of(PROCESSED_TABLE, GOOD[0])
    assert item["event_date"] == "2026-11-23T10:15:30.123Z"
    assert len(world.items_of(PROCESSED_TABLE, f"#alert#{GOOD[0]}")) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"attributes": None},
        {"attributes": {"ApproximateReceiveCount": "x"}},
        {"messageAttributes": None},
        {"messageAttributes": {"correlation_id": None}},
    ],
)
def test_a_record_without_the_usual_attributes_costs_nobody_the_batch(world: World, odd: dict[str, Any]) -> None:
    response = world.process(message("?") | odd, reading_message("d", 1, temp=1))

    assert response == {"batchItemFailures": []}
    assert len(world.processed_items()) == 1
    assert [attributes(letter)["receive_count"] for letter in world.dead_letters()] == ["1"]


def test_an_empty_batch_is_no_failure(world: World) -> None:
    assert world.process() == {"batchItemFailures": []}
