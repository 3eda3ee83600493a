"""Messages that keep failing are dead-lettered after the maximum receives, and are processed after a redrive.

Permanent failures are dead-lettered at once. Failed asynchronous invocations are kept, and carried out after a redrive.
`tests/proofs/alarms/` shows that every alarm reaches its subscribers.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from handlers.domain.message import MAXIMUM_READINGS, from_body
from ops.aws.api_client import ApiClient
from ops.cli.command import main
from ops.local.pipeline import Pipeline
from ops.operate.callers import Operator
from ops.operate.logs import log_groups
from ops.operate.redriving.dead_letters import RECEIVED_TOO_OFTEN, DeadLetter
from ops.operate.redriving.moving import DeadLetterQueue
from tests.proofs.alarms.evaluator import state
from tests.proofs.alarms.generated_alarms import ALARMS, threshold
from tests.proofs.end_to_end.failing_processor import (
    await_messages,
    processing_denied,
    shortened_visibility_timeout,
    visible_messages,
)
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually
from tests.support.stored_items import items, once

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.slow, pytest.mark.timeout(900)]
RECEIVES = 3
FIRST_TIMESTAMP = 1_700_000_000_000
MESSAGES = 4
READINGS = 3 * MAXIMUM_READINGS + 2
"""Readings of one request, in `MESSAGES` messages."""
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`make redrive`: its exit code and output."""
    operator = Operator(pipeline.administrator, pipeline.outputs)
    monkeypatch.setattr("ops.cli.operating.find_operator", lambda *_: operator)

    def redriven(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        return main(["redrive", *words]), capsys.readouterr().out

    return redriven


@pytest.fixture(autouse=True)
def _empty_dead_letter_queues(pipeline: Pipeline) -> None:
    for output in ("DeadLetterQueueUrl", "AsyncDeadLetterQueueUrl"):
        pipeline.administrator.sqs().purge_queue(QueueUrl=pipeline.outputs[output])


def dead_letters(pipeline: Pipeline, output: str = "DeadLetterQueueUrl") -> list[DeadLetter]:
    """The messages of a dead-letter queue, which stay there."""
    with DeadLetterQueue(pipeline.administrator.sqs(), pipeline.outputs[output]) as queue:
        return [message for batch in queue.receive() for message in batch]


def receives(pipeline: Pipeline, since: int) -> Counter[str]:
    """How often the processor received each message that failed, by its logs."""
    (group,) = log_groups(Operator(pipeline.administrator, pipeline.outputs), ["processor"], since)
    lines = [event["message"].strip() for event in group.new_events()]
    documents = [json.loads(line) for line in lines if line.startswith("{") and '"message deferred"' in line]
    printed = {(document["message_id"], document["receive_count"]) for document in documents}
    return Counter(message_id for message_id, _ in printed)


def processed(pipeline: Pipeline, device: str) -> dict[int, Any]:
    """The device's processed values by their time."""
    table = pipeline.outputs["ProcessedDataTableName"]
    found = once(items(pipeline.administrator.dynamodb(), table, device), lambda item: item["temperature"])
    return {timestamp: value for (_, timestamp), value in found.items()}


def test_a_message_that_keeps_failing_is_dead_lettered_after_the_maximum_receives(
    pipeline: Pipeline, caller: ApiClient, device: str, command: Command, figures: Figures
) -> None:
    since = int(time.time() * 1000)
    sent = {FIRST_TIMESTAMP + number: Decimal(number) for number in range(1, READINGS + 1)}
    readings = [{"device_id": device, "timestamp": at, "sensor_data": {"temp": float(sent[at])}} for at in sent]
    readings[0]["device_id"] = neighbour = f"{device}-neighbour"
    with processing_denied(pipeline), shortened_visibility_timeout(pipeline, 3):
        assert caller.post("/ingest", {"readings": readings}).status == 200
        await_messages(pipeline, "DeadLetterQueueUrl", MESSAGES, 120)
        found = dead_letters(pipeline)
        assert sorted(at for message in found for at in timestamps(message)) == list(sent)
        assert {message.reason for message in found} == {RECEIVED_TOO_OFTEN}
        assert sorted(message.devices for message in found) == [*[(device,)] * (MESSAGES - 1), (neighbour, device)]
        assert receives(pipeline, since) == {message.message_id: RECEIVES for message in found}
        assert visible_messages(pipeline, "IngestionQueueUrl") == 0
    figures.tried(f"messages that kept failing: dead-letter messages after exactly {RECEIVES} receives", MESSAGES)
    redrive_in_parts(pipeline, command, (device, neighbour), found)

    def everything() -> dict[int, Any]:
        return processed(pipeline, device) | processed(pipeline, neighbour)

    assert eventually(lambda: everything() if len(everything()) == READINGS else None) == sent
    assert dead_letters(pipeline) == []
    figures.tried("dead-letter messages redriven after the fix, chosen by id and by device: processed once", MESSAGES)
    figures.tried("their readings, processed once", READINGS)


def timestamps(message: DeadLetter) -> list[int]:
    return [reading.timestamp for reading in from_body(message.body).readings.values()]


def redrive_in_parts(pipeline: Pipeline, command: Command, devices: tuple[str, str], found: list[DeadLetter]) -> None:
    """Redrive: a dry run, then one message by its id, one by a device of its readings, and the others by reason."""
    device, neighbour = devices
    code, printed = command("--device", device, "--dry-run")
    assert code == 0
    assert all(each.message_id in printed for each in found)
    assert f"{neighbour} and 1 more" in printed
    assert f"{MESSAGES} looked at, {MESSAGES} would be moved" in printed
    assert "sensor_data" not in printed
    assert visible_messages(pipeline, "DeadLetterQueueUrl") == MESSAGES

    code, printed = command("--id", next(each.message_id for each in found if neighbour not in each.devices))
    assert code == 0
    assert f"{MESSAGES} looked at, 1 moved back" in printed
    assert visible_messages(pipeline, "DeadLetterQueueUrl") == MESSAGES - 1
    left = MESSAGES - 1
    assert f"{left} looked at, 1 moved back" in command("--device", neighbour)[1]
    assert visible_messages(pipeline, "DeadLetterQueueUrl") == left - 1
    assert f"{left - 1} looked at, {left - 1} moved back" in command("--device", device, "--reason", "often")[1]


def test_poison_is_dead_lettered_at_once_and_exceeds_the_alarms_threshold(
    pipeline: Pipeline, device: str, figures: Figures
) -> None:
    poison = json.dumps({"poison": device})
    pipeline.administrator.sqs().send_message(QueueUrl=pipeline.outputs["IngestionQueueUrl"], MessageBody=poison)
    await_messages(pipeline, "DeadLetterQueueUrl", 1, 60)
    (message,) = dead_letters(pipeline)
    assert (message.receives, message.reason) == (1, "not a message of version 1 or 2")
    figures.count("permanent failures: dead-letter messages at their first receive, with their reason")

    alarm, queue = ALARMS["dead_letter_queue_messages"], pipeline.outputs["DeadLetterQueueUrl"].rpartition("/")[2]
    (applied,) = (
        each
        for each in pipeline.administrator.cloudwatch().describe_alarms()["MetricAlarms"]
        if each.get("MetricName") == alarm["metric_name"]
        and each["Dimensions"] == [{"Name": "QueueName", "Value": queue}]
        and each["Threshold"] == threshold(alarm)
    )
    measured = float(visible_messages(pipeline, "DeadLetterQueueUrl"))
    assert state(alarm, applied["Threshold"], {alarm["metric_name"]: [measured]}) == "ALARM"
    assert state(alarm, applied["Threshold"], {alarm["metric_name"]: [0.0]}) == "OK"
    figures.count("dead-letter messages that exceed the threshold of the applied alarm")


def test_a_failed_asynchronous_invocation_is_carried_out_after_a_redrive(
    pipeline: Pipeline, device: str, command: Command, figures: Figures
) -> None:
    reading = {"device_id": device, "timestamp": 1, "sensor_data": {"temp": 21}}
    body = json.dumps({"version": 1, "accepted_at": 1, "reading": reading})
    record = {"messageId": "1", "receiptHandle": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
    event = json.dumps({"Records": [{**record, "messageAttributes": {}}]})
    name = pipeline.outputs["ProcessorFunctionName"]
    with processing_denied(pipeline):
        pipeline.administrator.functions().invoke(FunctionName=name, InvocationType="Event", Payload=event)
        await_messages(pipeline, "AsyncDeadLetterQueueUrl", 1, 120)
    assert processed(pipeline, device) == {}

    code, printed = command("--queue", "async", "--dry-run")
    assert code == 0
    assert "BatchFailedError" in printed or "all 1 messages failed" in printed
    assert device not in printed
    assert command("--queue", "async", "--function", "query")[0] == 1
    code, printed = command("--queue", "async")
    assert code == 0
    assert "1 looked at, 1 moved back" in printed

    assert eventually(lambda: processed(pipeline, device) or None) == {1: Decimal(21)}
    assert dead_letters(pipeline, "AsyncDeadLetterQueueUrl") == []
    figures.count("asynchronous invocations that kept failing: kept, and carried out after the cause was fixed")
