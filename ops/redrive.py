"""Puts dead letters back into the ingestion queue: `python -m ops.redrive`.

SQS has a task for this (StartMessageMoveTask), but it moves the reason's attributes too, and not every AWS has it. Here
each message is sent first and deleted when it is sent, so that nothing is lost, whenever it stops; at worst a message
is there twice, which the processor does not mind.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ops.callers import find_operator
from ops.commands import run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import LOCAL, ROOT

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

_BATCH: Final = 10
"""The most messages that one call takes."""
_BATCH_BYTES: Final = 1024 * 1024
"""The most bytes that one call takes (SQS quotas, "Message batch size")."""
_HIDDEN_SECONDS: Final = 120
"""How long a received message is kept from others: long enough to send and delete it."""
_WAIT_SECONDS: Final = 2
_EMPTY_ANSWERS: Final = 2
"""SQS may answer once with nothing though there is something."""


@dataclass(frozen=True)
class Redrive:
    """One dead-letter queue and where its messages came from.

    Attributes:
        sqs: A client that may read the one and send to the other.
        source: The dead-letter queue's address.
        destination: The ingestion queue's address.
    """

    sqs: "SQSClient"
    source: str
    destination: str

    def count(self) -> int:
        """How many messages wait in the dead-letter queue, about."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.source, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def run(self, limit: int) -> int:
        """Move messages back, their bodies as they are and without the attributes that told the reason.

        Args:
            limit: The most to move: those that come back at once must not go round for ever.

        Returns:
            How many were moved.

        Raises:
            OpsError: Some could not be sent; these stay in the dead-letter queue.
        """
        moved = empty = 0
        while moved < limit and empty < _EMPTY_ANSWERS:
            messages = self._receive(min(_BATCH, limit - moved))
            empty = 0 if messages else empty + 1
            if messages:
                moved += self._move(messages)
        return moved

    def _receive(self, count: int) -> "list[MessageTypeDef]":
        received = self.sqs.receive_message(
            QueueUrl=self.source,
            MaxNumberOfMessages=count,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
        )
        return received.get("Messages", [])

    def _move(self, messages: "list[MessageTypeDef]") -> int:
        if len(messages) > 1 and sum(len(message["Body"].encode()) for message in messages) > _BATCH_BYTES:
            middle = len(messages) // 2
            return self._move(messages[:middle]) + self._move(messages[middle:])
        sent = self.sqs.send_message_batch(
            QueueUrl=self.destination,
            Entries=[{"Id": str(number), "MessageBody": message["Body"]} for number, message in enumerate(messages)],
        )
        done = [int(entry["Id"]) for entry in sent.get("Successful", ())]
        if done:
            self.sqs.delete_message_batch(
                QueueUrl=self.source,
                Entries=[{"Id": str(number), "ReceiptHandle": messages[number]["ReceiptHandle"]} for number in done],
            )
        failed = sent.get("Failed")
        if failed:
            raise OpsError(f"{len(failed)} messages could not be sent and stay dead letters: {failed[0]['Code']}")
        return len(done)


def main(words: Sequence[str] | None = None) -> int:
    """Redrive what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.redrive", description="Put dead letters back.")
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--dry-run", action="store_true", help="only count")
    arguments = parser.parse_args(words)
    progress = Progress()
    operator = find_operator(ROOT, arguments.env, progress)
    redrive = Redrive(
        operator.access.sqs(), operator.output("DeadLetterQueueUrl"), operator.output("IngestionQueueUrl")
    )
    count = redrive.count()
    progress.say(f"{count} messages wait in the dead-letter queue of {arguments.env}")
    if count and not arguments.dry_run:
        progress.say(f"{redrive.run(count)} messages are back in the ingestion queue")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
