"""The queue between ingestion and processing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from handlers.errors import UnavailableError
from handlers.parallel import in_parallel
from handlers.retrying import Retrying

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef as Entry

MAXIMUM_ENTRIES: Final = 10
MAXIMUM_BYTES: Final = 1_048_576
"""Of one batch, attributes included:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html."""
CORRELATION_ATTRIBUTE: Final = "correlation_id"
_ATTRIBUTE_BYTES: Final = 512
"""More than the attributes of one message ever take."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What ties a message to the request that caused it.

    Attributes:
        correlation_id: API Gateway's request id.
        trace_header: the X-Ray header, where the request is traced.
    """

    correlation_id: str
    trace_header: str | None


@dataclass(frozen=True)
class IngestionQueue:
    """Sends messages in as few calls as SQS allows."""

    client: "SQSClient"
    url: str

    def send(self, bodies: Sequence[str], trail: Trail, retrying: Retrying) -> None:
        """Send every message.

        Raises:
            UnavailableError: at least one was not sent.
        """
        in_parallel(lambda batch: self._send_batch(batch, retrying), _batches(bodies, trail))

    def _send_batch(self, entries: "list[Entry]", retrying: Retrying) -> None:
        for attempt in count():
            answer = retrying.call(self.client.send_message_batch, QueueUrl=self.url, Entries=entries)
            failed = {failure["Id"]: failure for failure in answer.get("Failed", [])}
            if not failed:
                return
            entries = [entry for entry in entries if entry["Id"] in failed]
            sender_fault = next((failure["Code"] for failure in failed.values() if failure["SenderFault"]), None)
            if sender_fault or not retrying.pause(attempt):
                raise UnavailableError("send_message_batch", sender_fault or "entries failed")


def _batches(bodies: Sequence[str], trail: Trail) -> "list[list[Entry]]":
    batches: list[list[Entry]] = []
    room = 0
    for body in bodies:
        size = len(body.encode()) + _ATTRIBUTE_BYTES
        if not batches or size > room or len(batches[-1]) == MAXIMUM_ENTRIES:
            batches.append([])
            room = MAXIMUM_BYTES
        room -= size
        batches[-1].append(_entry(str(len(batches[-1])), body, trail))
    return batches


def _entry(identifier: str, body: str, trail: Trail) -> "Entry":
    entry: Entry = {
        "Id": identifier,
        "MessageBody": body,
        "MessageAttributes": {CORRELATION_ATTRIBUTE: {"DataType": "String", "StringValue": trail.correlation_id}},
    }
    if trail.trace_header:
        header = {"DataType": "String", "StringValue": trail.trace_header}
        entry["MessageSystemAttributes"] = {"AWSTraceHeader": header}
    return entry
