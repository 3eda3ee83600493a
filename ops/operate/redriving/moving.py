"""Moves dead-letter messages back and loses none: each is sent first and deleted then.

After a crash between the two, a message is in both places. That is harmless: processing is idempotent, and Lambda
itself invokes a function asynchronously at least once.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from ops.operate.redriving.dead_letters import ALL_MESSAGES, Choice, DeadLetter
from ops.operate.redriving.destinations import Destination

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_BATCH: Final = 10
"""The most messages of one call (SQS quotas)."""
_VISIBILITY_SECONDS: Final = 120
"""After which a message that a crash left invisible is visible again."""
_WAIT_SECONDS: Final = 2
_EMPTY_RECEIVES: Final = 2
"""SQS may return nothing once although there are messages."""


@dataclass
class DeadLetterQueue:
    """A dead-letter queue. Its `with` block hides received messages; those that are not deleted are visible after it.

    Attributes:
        sqs: A client that may receive and delete messages and change their visibility.
        url: The queue's URL.
    """

    sqs: "SQSClient"
    url: str
    _hidden: dict[str, DeadLetter] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        messages = list(self._hidden.values())
        for start in range(0, len(messages), _BATCH):
            self.sqs.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message.receipt_handle, "VisibilityTimeout": 0}
                    for number, message in enumerate(messages[start : start + _BATCH])
                ],
            )

    def count(self) -> int:
        """Approximately how many messages are visible."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def receive(self) -> Iterator[list[DeadLetter]]:
        """Receive batches of messages, each message once, until there are no new ones."""
        empty, seen = 0, set[str]()
        while empty < _EMPTY_RECEIVES:
            received = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_VISIBILITY_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            batch = {each["MessageId"]: DeadLetter.from_message(each) for each in received.get("Messages", ())}
            self._hidden |= batch  # of a message received twice, only the newest handle is valid
            new = [message for message_id, message in batch.items() if message_id not in seen]
            seen |= batch.keys()
            empty = 0 if new else empty + 1
            if new:
                yield new

    def delete(self, message: DeadLetter) -> None:
        """Delete a message that has arrived elsewhere."""
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt_handle)
        del self._hidden[message.message_id]


@dataclass
class Moved:
    """The result of a redrive.

    Attributes:
        seen: The ids of all messages that were received.
        chosen: How many of them were chosen.
        new_ids: The ids, at the destination, of those that were moved.
        returned: How many of them failed again and are in the dead-letter queue again: their cause is not fixed.
        refused: Those that the destination refused, and why.
    """

    seen: set[str] = field(default_factory=set)
    chosen: int = 0
    new_ids: set[str] = field(default_factory=set)
    returned: int = 0
    refused: list[tuple[DeadLetter, str]] = field(default_factory=list)


def redrive(  # noqa: PLR0913  # what an operator decides
    queue: DeadLetterQueue,
    destination: Destination,
    choice: Choice = ALL_MESSAGES,
    limit: int | None = None,
    *,
    dry_run: bool = False,
    report: Callable[[DeadLetter], None] = lambda _: None,
) -> Moved:
    """Move messages from a dead-letter queue back to where they failed.

    Args:
        queue: The dead-letter queue.
        destination: Where the messages go.
        choice: Which messages.
        limit: The most messages to move; None moves all. One that fails again meanwhile is not moved twice.
        dry_run: Report the chosen messages, and move none.
        report: Called with each message that is moved or, in a dry run, would be.

    Raises:
        ClientError: A message did not arrive. It is in the dead-letter queue, and visible, as before.
    """

    def move(message: DeadLetter) -> str:
        new_id = destination.send(message)
        queue.delete(message)
        return new_id

    moved = Moved()
    with queue, ThreadPoolExecutor(_BATCH) as pool:
        for batch in queue.receive():
            chosen = _choose(batch, choice, destination, limit, moved)
            for message in chosen:
                report(message)
            if not dry_run:
                moved.new_ids |= set(pool.map(move, chosen))
            if moved.chosen == limit:
                break
    return moved


def _choose(
    batch: Sequence[DeadLetter], choice: Choice, destination: Destination, limit: int | None, moved: Moved
) -> list[DeadLetter]:
    """The messages of a batch that are to be moved; what becomes of the others is noted in `moved`."""
    moved.seen |= {message.message_id for message in batch}
    chosen = []
    for message in filter(choice.matches, batch):
        if message.earlier_ids & moved.new_ids:
            moved.returned += 1
        elif reason := destination.refusal(message):
            moved.refused.append((message, reason))
        elif limit is None or moved.chosen < limit:
            moved.chosen += 1
            chosen.append(message)
    return chosen
