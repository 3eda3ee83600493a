"""The dead-letter queue: permanent failures are sent there at once, with the reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from handlers.aws.ingestion_queue import CORRELATION_ATTRIBUTE, ReceivedMessage
from handlers.aws.retrying import Retrying
from handlers.aws.sqs_batches import Entry, run_batches

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

REASON_ATTRIBUTE: Final = "reason"
ORIGINAL_ID_ATTRIBUTE: Final = "original_message_id"
RECEIVE_COUNT_ATTRIBUTE: Final = "receive_count"
LONGEST_REASON: Final = 1024


class DeadLetterQueue(msgspec.Struct, frozen=True):
    """Keeps messages that can never be processed."""

    client: "SQSClient"
    url: str

    def send(self, messages: Sequence[tuple[ReceivedMessage, str]], retrying: Retrying) -> set[str]:
        """Send messages, their bodies as they were received, so that they can be redriven.

        Args:
            messages: each with the reason why it cannot be processed.
            retrying: repeats what may still succeed.

        Returns:
            The ids of the messages that were not sent.
        """
        entries = [_entry(str(number), *message) for number, message in enumerate(messages)]
        failed = run_batches(self.client.send_message_batch, self.url, entries, retrying)
        return {messages[int(identifier)][0].message_id for identifier in failed}


def _entry(identifier: str, message: ReceivedMessage, reason: str) -> Entry:
    texts = {
        REASON_ATTRIBUTE: reason[:LONGEST_REASON],
        ORIGINAL_ID_ATTRIBUTE: message.message_id,
        CORRELATION_ATTRIBUTE: message.correlation_id,
    }
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in texts.items() if text}
    attributes[RECEIVE_COUNT_ATTRIBUTE] = {"DataType": "Number", "StringValue": str(message.receive_count)}
    return {"Id": identifier, "MessageBody": message.body, "MessageAttributes": attributes}
