"""The queue between ingestion and processing."""

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from handlers.aws.retrying import Retrying
from handlers.aws.sqs_batches import Entry, run_batches
from handlers.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

CORRELATION_ATTRIBUTE: Final = "correlation_id"
TRACE_ATTRIBUTE: Final = "AWSTraceHeader"
"""SQS's own name for it. It counts neither to the message's size nor to its attributes (X-Ray Developer Guide, "Amazon
SQS and AWS X-Ray")."""
FIRST_DELAY_SECONDS: Final = 120
DELAY_GROWTH: Final = 8
LONGEST_DELAY_SECONDS: Final = 900
"""Short failures are outlived within an invocation. These delays are for long ones: the queue's three receives span 8
to 17 minutes, no less than its own visibility timeout would give."""


class Trail(msgspec.Struct, frozen=True):
    """What ties a message to the request that caused it.

    Attributes:
        correlation_id: API Gateway's request id.
        trace_header: the X-Ray header, where the request is traced.
    """

    correlation_id: str
    trace_header: str | None


class IngestionQueue(msgspec.Struct, frozen=True):
    """Sends messages, and puts off those that failed."""

    client: "SQSClient"
    url: str

    def send(self, bodies: Sequence[str], trail: Trail, retrying: Retrying) -> None:
        """Send every message.

        Raises:
            UnavailableError: at least one was not sent.
        """
        entries = [_entry(str(number), body, trail) for number, body in enumerate(bodies)]
        failed = run_batches(self.client.send_message_batch, self.url, entries, retrying)
        for code in failed.values():
            raise UnavailableError("send_message_batch", code)

    def put_off(self, receive_counts: Mapping[str, int], retrying: Retrying) -> None:
        """Keep received messages hidden, the longer the more often they were received.

        Where that fails, a message comes back when the queue's own visibility timeout ends.

        Args:
            receive_counts: how often, by receipt handle.
            retrying: repeats what may still succeed.
        """
        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": _delay(receive_count)}
            for number, (handle, receive_count) in enumerate(receive_counts.items())
        ]
        run_batches(self.client.change_message_visibility_batch, self.url, entries, retrying)


def _delay(receive_count: int) -> int:
    """Draw from the upper half of a bound that grows with each receive, so that retries spread and still wait."""
    exponent = min(receive_count, LONGEST_DELAY_SECONDS) - 1
    bound = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * DELAY_GROWTH**exponent)
    return random.randint(bound // 2, bound)  # noqa: S311 - spreads load, hides nothing


def _entry(identifier: str, body: str, trail: Trail) -> Entry:
    entry: Entry = {
        "Id": identifier,
        "MessageBody": body,
        "MessageAttributes": {CORRELATION_ATTRIBUTE: {"DataType": "String", "StringValue": trail.correlation_id}},
    }
    if trail.trace_header:
        header = {"DataType": "String", "StringValue": trail.trace_header}
        entry["MessageSystemAttributes"] = {TRACE_ATTRIBUTE: header}
    return entry
