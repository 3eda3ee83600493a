"""The queue between ingestion and processing."""

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from handlers.aws.retrying import Retrying
from handlers.aws.sqs_batches import Entry, run_batches
from handlers.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

CORRELATION_ATTRIBUTE: Final = "correlation_id"
TRACE_ATTRIBUTE: Final = "AWSTraceHeader"
"""SQS's own name. It counts neither to the message's size nor to its attributes (X-Ray Developer Guide, "Amazon SQS and
AWS X-Ray")."""
FIRST_DELAY_SECONDS: Final = 120
DELAY_GROWTH: Final = 8
LONGEST_DELAY_SECONDS: Final = 900
"""Retries within an invocation outlast short failures. These delays are for long ones: the queue's three receives span
8 to 17 minutes, no less than its own visibility timeout would give."""


class TraceContext(msgspec.Struct, frozen=True):
    """What connects a message to the request that caused it.

    Attributes:
        correlation_id: API Gateway's request id.
        trace_header: the X-Ray header, or None where the request is not traced.
    """

    correlation_id: str
    trace_header: str | None


class ReceivedMessage(msgspec.Struct, frozen=True):
    """A message as SQS delivers it.

    Attributes:
        receive_count: how often it was received, this time included.
        correlation_id: of the request that caused it, or None where the message does not say.
    """

    message_id: str
    receipt_handle: str
    body: str
    receive_count: int
    correlation_id: str | None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "ReceivedMessage":
        """Read a record of an SQS event; a missing attribute must not fail the batch."""
        correlation = (record.get("messageAttributes") or {}).get(CORRELATION_ATTRIBUTE) or {}
        receive_count = str((record.get("attributes") or {}).get("ApproximateReceiveCount"))
        return cls(
            record["messageId"],
            record["receiptHandle"],
            record["body"],
            int(receive_count) if receive_count.isdecimal() else 1,
            correlation.get("stringValue"),
        )


class IngestionQueue(msgspec.Struct, frozen=True):
    """Sends messages, and defers those that failed."""

    client: "SQSClient"
    url: str

    def send(self, bodies: Sequence[str], trace: TraceContext, retrying: Retrying) -> None:
        """Send every message.

        Raises:
            UnavailableError: at least one was not sent.
        """
        entries = [_entry(str(number), body, trace) for number, body in enumerate(bodies)]
        failed = run_batches(self.client.send_message_batch, self.url, entries, retrying)
        for code in failed.values():
            raise UnavailableError("send_message_batch", code)

    def defer(self, messages: Sequence[ReceivedMessage], retrying: Retrying) -> None:
        """Keep messages invisible, the longer the more often they were received.

        Where that fails, a message is redelivered when the queue's own visibility timeout ends.
        """
        entries = [
            {
                "Id": str(number),
                "ReceiptHandle": message.receipt_handle,
                "VisibilityTimeout": _delay(message.receive_count),
            }
            for number, message in enumerate(messages)
        ]
        run_batches(self.client.change_message_visibility_batch, self.url, entries, retrying)


def _delay(receive_count: int) -> int:
    """Draw from the upper half of a bound that grows with each receive, so that retries spread and still wait."""
    exponent = min(receive_count, LONGEST_DELAY_SECONDS) - 1
    bound = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * DELAY_GROWTH**exponent)
    return random.randint(bound // 2, bound)  # noqa: S311 - spreads load, no secret depends on it


def _entry(identifier: str, body: str, trace: TraceContext) -> Entry:
    entry: Entry = {
        "Id": identifier,
        "MessageBody": body,
        "MessageAttributes": {CORRELATION_ATTRIBUTE: {"DataType": "String", "StringValue": trace.correlation_id}},
    }
    if trace.trace_header:
        header = {"DataType": "String", "StringValue": trace.trace_header}
        entry["MessageSystemAttributes"] = {TRACE_ATTRIBUTE: header}
    return entry
