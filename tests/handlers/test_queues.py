"""The queues, by the batch."""

from typing import Any

import pytest

from handlers.aws.dead_letter_queue import DeadLetterQueue
from handlers.aws.ingestion_queue import (
    DELAY_GROWTH,
    FIRST_DELAY_SECONDS,
    LONGEST_DELAY_SECONDS,
    IngestionQueue,
    ReceivedMessage,
    TraceContext,
)
from handlers.aws.sqs_batches import MAXIMUM_BYTES, run_batches
from handlers.errors import UnavailableError
from tests.handlers.fakes import Clock, FailingClient, Logs, client_error
from tests.handlers.moto_pipeline import MotoPipeline

TRAIL = TraceContext("request", "Root=1-6922e0b2-3f1e2d4c5b6a798081726354;Parent=53995c3f42cd8ad8;Sampled=1")


def received_message(message_id: str, receive_count: int, correlation_id: str | None = None) -> ReceivedMessage:
    return ReceivedMessage(message_id, f"handle of {message_id}", "body", receive_count, correlation_id)


class Operation:
    """A batch operation that remembers its entries and fails as given: `[{id: sender's fault}, ...]`."""

    __name__ = "send_message_batch"

    def __init__(self, *failures: dict[str, bool]) -> None:
        self.failures = list(failures)
        self.batches: list[list[str]] = []

    def __call__(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - SQS's names
        assert QueueUrl == "queue"
        self.batches.append([entry["Id"] for entry in Entries])
        failed = self.failures.pop(0) if self.failures else {}
        return {
            "Failed": [{"Id": each, "Code": f"code-{each}", "SenderFault": fault} for each, fault in failed.items()]
        }


def entries(number: int, size: int = 1) -> list[dict[str, Any]]:
    return [{"Id": str(each), "MessageBody": "x" * size} for each in range(number)]


def test_entries_go_in_tens() -> None:
    operation = Operation()

    assert run_batches(operation, "queue", entries(25), Clock().retrying()) == {}
    assert sorted(len(batch) for batch in operation.batches) == [5, 10, 10]


def test_large_entries_go_in_fewer() -> None:
    operation = Operation()

    run_batches(operation, "queue", entries(4, MAXIMUM_BYTES // 3), Clock().retrying())

    assert [len(batch) for batch in operation.batches] == [2, 2]


def test_ten_messages_and_their_attributes_stay_below_sqs_limit() -> None:
    """1 MiB counts attributes, too, so that bodies alone may not fill it."""
    operation = Operation()

    run_batches(operation, "queue", entries(10, MAXIMUM_BYTES // 10), Clock().retrying())

    assert sorted(len(batch) for batch in operation.batches) == [1, 9]


def test_nothing_costs_nothing() -> None:
    operation = Operation()

    assert run_batches(operation, "queue", [], Clock().retrying()) == {}
    assert operation.batches == []


def test_only_what_failed_is_repeated() -> None:
    operation = Operation({"1": False, "2": False}, {"2": False})

    assert run_batches(operation, "queue", entries(3), Clock().retrying()) == {}
    assert operation.batches == [["0", "1", "2"], ["1", "2"], ["2"]]


def test_the_senders_fault_is_not_repeated() -> None:
    operation = Operation({"0": True, "1": False})

    assert run_batches(operation, "queue", entries(3), Clock().retrying()) == {"0": "code-0"}
    assert operation.batches == [["0", "1", "2"], ["1"]]


def test_what_fails_until_the_end_is_returned() -> None:
    operation = Operation(*[{"1": False}] * 10_000)

    assert run_batches(operation, "queue", entries(2), Clock().retrying(7)) == {"1": "code-1"}


def test_what_was_left_undone_is_in_the_log(logs: Logs) -> None:
    run_batches(Operation({"0": True, "2": True}), "queue", entries(3), Clock().retrying())

    (line,) = logs.lines()
    assert (line["message"], line["operation"]) == ("SQS entries failed", "send_message_batch")
    assert line["codes"] == ["code-0", "code-2"]


def test_a_failed_call_fails_its_entries(moto: MotoPipeline) -> None:
    client = FailingClient(moto.sqs, "send_message_batch", client_error("AccessDenied"))
    queue = IngestionQueue(client, moto.queue_url)  # type: ignore[arg-type] # a fake

    with pytest.raises(UnavailableError, match="AccessDenied"):
        queue.send(["body"], TRAIL, Clock().retrying())


def test_a_message_carries_its_trail(moto: MotoPipeline) -> None:
    IngestionQueue(moto.sqs, moto.queue_url).send(["one", "two"], TRAIL, Clock().retrying())

    received = moto.queued()

    assert sorted(record["body"] for record in received) == ["one", "two"]
    assert {record["messageAttributes"]["correlation_id"]["stringValue"] for record in received} == {"request"}


@pytest.mark.parametrize("trace_header", [None, "Root=1-6922e0b2-3f1e2d4c5b6a798081726354"])
def test_a_traced_message_carries_the_trace(trace_header: str | None) -> None:
    sent: list[dict[str, Any]] = []

    class Client:
        def send_message_batch(self, **arguments: Any) -> dict[str, Any]:
            sent.extend(arguments["Entries"])
            return {}

    queue = IngestionQueue(Client(), "queue")  # type: ignore[arg-type] # a fake
    queue.send(["one"], TraceContext("request", trace_header), Clock().retrying())

    expected = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace_header}} if trace_header else None
    assert [entry.get("MessageSystemAttributes") for entry in sent] == [expected]


@pytest.mark.parametrize(
    ("receive_count", "minimum", "maximum"), [(1, 60, 120), (2, 450, 900), (3, 450, 900), (500, 450, 900)]
)
def test_deferred_messages_stay_invisible_ever_longer(receive_count: int, minimum: int, maximum: int) -> None:
    delays: list[int] = []

    class Client:
        def change_message_visibility_batch(self, **arguments: Any) -> dict[str, Any]:
            delays.extend(entry["VisibilityTimeout"] for entry in arguments["Entries"])
            return {}

    queue = IngestionQueue(Client(), "queue")  # type: ignore[arg-type] # a fake

    queue.defer([received_message(f"id-{number}", receive_count) for number in range(50)], Clock().retrying())

    assert len(delays) == 50
    assert minimum <= min(delays) <= max(delays) <= maximum
    assert len(set(delays)) > 10  # what failed together does not return together


def test_the_attributes_of_a_dead_letter(moto: MotoPipeline) -> None:
    messages = [
        (received_message("id-1", 2, correlation_id="request"), "r" * 2000),
        (received_message("id-2", 1), "why"),
    ]

    assert DeadLetterQueue(moto.sqs, moto.dead_letter_queue_url).send(messages, Clock().retrying()) == set()

    one, two = sorted(
        moto.dead_letters(), key=lambda each: each["MessageAttributes"]["original_message_id"]["StringValue"]
    )
    assert {name: attribute["StringValue"] for name, attribute in one["MessageAttributes"].items()} == {
        "reason": "r" * 1024,
        "original_message_id": "id-1",
        "receive_count": "2",
        "correlation_id": "request",
    }
    assert two["Body"] == "body"
    assert "correlation_id" not in two["MessageAttributes"]


def test_an_unsent_dead_letter_is_returned(moto: MotoPipeline) -> None:
    client = FailingClient(moto.sqs, "send_message_batch", client_error("AccessDenied"))
    queue = DeadLetterQueue(client, moto.dead_letter_queue_url)  # type: ignore[arg-type] # a fake

    assert queue.send([(received_message("id", 1), "why")], Clock().retrying()) == {"id"}


def test_three_receives_span_an_outage_of_minutes() -> None:
    minimum = sum(min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * DELAY_GROWTH**number) // 2 for number in range(2))

    assert minimum >= 8 * 60
