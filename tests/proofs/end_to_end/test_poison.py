"""What fails for good is received exactly as often as the queue allows, and comes back when mended.

What can never succeed goes at once. Failed asynchronous invocations are kept, and carried out when mended. That every
alarm reaches who listens, `tests/proofs/alarms/` shows.
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
from ops.cli.running import run
from ops.local.pipeline import Pipeline
from ops.operate import redrive
from ops.operate.callers import Operator
from ops.operate.logs import log_groups
from ops.operate.redriving.dead_letters import RECEIVED_TOO_OFTEN, DeadLetter
from ops.operate.redriving.moving import DeadLetterQueue
from tests.proofs.alarms.evaluator import state
from tests.proofs.alarms.generated import ALARMS, threshold
from tests.proofs.end_to_end.broken import (
    await_messages,
    messages_come_back_after,
    processing_broken,
    visible_messages,
)
from tests.support.proving import Figures
from tests.support.running import eventually
from tests.support.stored import items, once

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.slow, pytest.mark.timeout(900)]
RECEIVES = 3
FIRST_TIMESTAMP = 1_700_000_000_000
MESSAGES = 4
READINGS = 3 * MAXIMUM_READINGS + 2
"""Of one request, in so many messages."""
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`make redrive`: its exit code and what it told."""
    operator = Operator(pipeline.administrator, pipeline.outputs)
    monkeypatch.setattr(redrive, "find_operator", lambda *_: operator)

    def redriven(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        return run(lambda: redrive.main(words)), capsys.readouterr().out

    return redriven


@pytest.fixture(autouse=True)
def _empty_dead_letter_queues(pipeline: Pipeline) -> None:
    for output in ("DeadLetterQueueUrl", "AsyncDeadLetterQueueUrl"):
        pipeline.administrator.sqs().purge_queue(QueueUrl=pipeline.outputs[output])


def letters(pipeline: Pipeline, output: str = "DeadLetterQueueUrl") -> list[DeadLetter]:
    """What waits in a dead-letter queue, which it is left in."""
    with DeadLetterQueue(pipeline.administrator.sqs(), pipeline.outputs[output]) as queue:
        return [message for batch in queue.receive() for message in batch]


def receives(pipeline: Pipeline, since: int) -> Counter[str]:
    """How often the processor was given each message that failed, by its own logs."""
    (group,) = log_groups(Operator(pipeline.administrator, pipeline.outputs), ["processor"], since)
    lines = [event["message"].strip() for event in group.new_events()]
    documents = [json.loads(line) for line in lines if line.startswith("{") and '"message put off"' in line]
    told = {(document["message_id"], document["receive_count"]) for document in documents}
    return Counter(message_id for message_id, _ in told)


def processed(pipeline: Pipeline, device: str) -> dict[int, Any]:
    """The device's processed values by their time."""
    table = pipeline.outputs["ProcessedDataTableName"]
    found = once(items(pipeline.administrator.dynamodb(), table, device), lambda item: item["temperature"])
    return {timestamp: value for (_, timestamp), value in found.items()}


def test_what_fails_for_good_is_a_dead_letter_after_exactly_so_many_receives(
    pipeline: Pipeline, caller: ApiClient, device: str, command: Command, figures: Figures
) -> None:
    since = int(time.time() * 1000)
    sent = {FIRST_TIMESTAMP + number: Decimal(number) for number in range(1, READINGS + 1)}
    readings = [{"device_id": device, "timestamp": at, "sensor_data": {"temp": float(sent[at])}} for at in sent]
    readings[0]["device_id"] = neighbour = f"{device}-neighbour"
    with processing_broken(pipeline), messages_come_back_after(pipeline, 3):
        assert caller.post("/ingest", {"readings": readings}).status == 200
        await_messages(pipeline, "DeadLetterQueueUrl", MESSAGES, 120)
        found = letters(pipeline)
        assert sorted(at for letter in found for at in timestamps(letter)) == list(sent)
        assert {letter.reason for letter in found} == {RECEIVED_TOO_OFTEN}
        assert sorted(letter.devices for letter in found) == [*[(device,)] * (MESSAGES - 1), (neighbour, device)]
        assert receives(pipeline, since) == {letter.message_id: RECEIVES for letter in found}
        assert visible_messages(pipeline, "IngestionQueueUrl") == 0
    figures.tried(f"messages that failed for good: dead letters after exactly {RECEIVES} receives", MESSAGES)
    redriven_when_mended(pipeline, command, (device, neighbour), found)

    def everything() -> dict[int, Any]:
        return processed(pipeline, device) | processed(pipeline, neighbour)

    assert eventually(lambda: everything() if len(everything()) == READINGS else None) == sent
    assert letters(pipeline) == []
    figures.tried("dead letters redriven when the cause was gone, chosen by id and by device: processed once", MESSAGES)
    figures.tried("their readings, processed once", READINGS)


def timestamps(letter: DeadLetter) -> list[int]:
    return [reading.timestamp for reading in from_body(letter.body).readings.values()]


def redriven_when_mended(
    pipeline: Pipeline, command: Command, devices: tuple[str, str], found: list[DeadLetter]
) -> None:
    """A dry run lists and moves nothing; one that is named goes back, one by a device inside it, then the others."""
    device, neighbour = devices
    code, told = command("--device", device, "--dry-run")
    assert code == 0
    assert all(each.message_id in told for each in found)
    assert f"{neighbour} and 1 more" in told
    assert f"{MESSAGES} looked at, {MESSAGES} would be moved" in told
    assert "sensor_data" not in told
    assert visible_messages(pipeline, "DeadLetterQueueUrl") == MESSAGES

    code, told = command("--id", next(each.message_id for each in found if neighbour not in each.devices))
    assert code == 0
    assert f"{MESSAGES} looked at, 1 moved back" in told
    assert visible_messages(pipeline, "DeadLetterQueueUrl") == MESSAGES - 1
    left = MESSAGES - 1
    assert f"{left} looked at, 1 moved back" in command("--device", neighbour)[1]
    assert visible_messages(pipeline, "DeadLetterQueueUrl") == left - 1
    assert f"{left - 1} looked at, {left - 1} moved back" in command("--device", device, "--reason", "often")[1]


def test_poison_is_a_dead_letter_at_once_and_over_the_alarms_threshold(
    pipeline: Pipeline, device: str, figures: Figures
) -> None:
    poison = json.dumps({"poison": device})
    pipeline.administrator.sqs().send_message(QueueUrl=pipeline.outputs["IngestionQueueUrl"], MessageBody=poison)
    await_messages(pipeline, "DeadLetterQueueUrl", 1, 60)
    (letter,) = letters(pipeline)
    assert (letter.receives, letter.reason) == (1, "not a message of version 1 or 2")
    figures.count("messages that can never succeed: dead letters at their first receive, with their reason")

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
    figures.count("dead letters over the threshold of the applied alarm")


def test_a_failed_asynchronous_invocation_is_carried_out_when_mended(
    pipeline: Pipeline, device: str, command: Command, figures: Figures
) -> None:
    reading = {"device_id": device, "timestamp": 1, "sensor_data": {"temp": 21}}
    body = json.dumps({"version": 1, "accepted_at": 1, "reading": reading})
    record = {"messageId": "1", "receiptHandle": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
    event = json.dumps({"Records": [{**record, "messageAttributes": {}}]})
    name = pipeline.outputs["ProcessorFunctionName"]
    with processing_broken(pipeline):
        pipeline.administrator.functions().invoke(FunctionName=name, InvocationType="Event", Payload=event)
        await_messages(pipeline, "AsyncDeadLetterQueueUrl", 1, 120)
    assert processed(pipeline, device) == {}

    code, told = command("--queue", "async", "--dry-run")
    assert code == 0
    assert "BatchFailedError" in told or "all 1 messages failed" in told
    assert device not in told
    assert command("--queue", "async", "--function", "query")[0] == 1
    code, told = command("--queue", "async")
    assert code == 0
    assert "1 looked at, 1 moved back" in told

    assert eventually(lambda: processed(pipeline, device) or None) == {1: Decimal(21)}
    assert letters(pipeline, "AsyncDeadLetterQueueUrl") == []
    figures.count("asynchronous invocations that failed for good: kept, and carried out when the cause was gone")
