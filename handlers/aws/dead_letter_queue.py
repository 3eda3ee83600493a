"""The dead-letter queue, for what can never be processed: at once, and with the reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from handlers.aws.ingestion_queue import CORRELATION_ATTRIBUTE
from handlers.aws.retrying import Retrying
from handlers.aws.sqs_batches import Entry, run_batches

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

REASON_ATTRIBUTE: Final = "reason"
ORIGINAL_ID_ATTRIBUTE: Final = "original_message_id"
RECEIVE_COUNT_ATTRIBUTE: Final = "receive_count"
LONGEST_REASON: Final = 1024


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that cannot be processed.

    Attributes:
        message_id: the id that it had in the ingestion queue.
        body: as it was received, so that it can be sent back.
        receive_count: how often it was received.
        correlation_id: of the request that caused it, where that is known.
        reason: why it cannot be processed.
    """

    message_id: str
    body: str
    receive_count: int
    correlation_id: str | None
    reason: str


class DeadLetterQueue(msgspec.Struct, frozen=True):
    """Takes messages out of circulation."""

    client: "SQSClient"
    url: str

    def send(self, letters: Sequence[DeadLetter], retrying: Retrying) -> dict[str, str]:
        """Send every message.

        Returns:
            The error codes of those that were not sent, by message id.
        """
        entries = [_entry(str(number), letter) for number, letter in enumerate(letters)]
        failed = run_batches(self.client.send_message_batch, self.url, entries, retrying)
        return {letters[int(identifier)].message_id: code for identifier, code in failed.items()}


def _entry(identifier: str, letter: DeadLetter) -> Entry:
    texts = {
        REASON_ATTRIBUTE: letter.reason[:LONGEST_REASON],
        ORIGINAL_ID_ATTRIBUTE: letter.message_id,
        CORRELATION_ATTRIBUTE: letter.correlation_id,
    }
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in texts.items() if text}
    attributes[RECEIVE_COUNT_ATTRIBUTE] = {"DataType": "Number", "StringValue": str(letter.receive_count)}
    return {"Id": identifier, "MessageBody": letter.body, "MessageAttributes": attributes}
