"""Receives the messages of a dead-letter queue, each once, and keeps them from others until it is known what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from ops.operate.redriving.letter import Letter
from ops.project.errors import OpsError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

BATCH: Final = 10
"""The most messages that one call takes."""
_HIDDEN_SECONDS: Final = 120
"""How long a received message is kept from others, should nobody be left to release it."""
_WAIT_SECONDS: Final = 2
_EMPTY_ANSWERS: Final = 2
"""SQS may answer once with nothing though there is something."""


@dataclass
class HeldLetters:
    """A dead-letter queue whose letters are held while it is entered; at the end the rest are visible again at once.

    Attributes:
        sqs: A client that may receive, delete and change the visibility.
        url: The queue's address.
    """

    sqs: "SQSClient"
    url: str
    _held: dict[str, Letter] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        """Begin to hold."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release what is still held, however the work ended."""
        self.release(list(self._held.values()))

    def count(self) -> int:
        """How many letters wait and are visible, about."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def batches(self) -> Iterator[list[Letter]]:
        """Receive until there is nothing new."""
        empty = 0
        while empty < _EMPTY_ANSWERS:
            received = self._receive()
            new = [letter for letter in received if letter.message_id not in self._seen]
            self._held |= {letter.message_id: letter for letter in received}  # the newest handle is the one that counts
            self._seen |= {letter.message_id for letter in received}
            empty = 0 if new else empty + 1
            if new:
                yield new

    def delete(self, letters: Iterable[Letter]) -> None:
        """Delete letters that have arrived elsewhere.

        Raises:
            OpsError: Some could not be deleted. They are in both places now, which does no harm.
        """
        for batch in _batches(letters):
            entries = [
                {"Id": str(number), "ReceiptHandle": letter.receipt_handle} for number, letter in enumerate(batch)
            ]
            answer = self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)  # type: ignore[arg-type]  # a dict is one
            for entry in answer.get("Successful", ()):
                self._held.pop(batch[int(entry["Id"])].message_id)
            if failed := answer.get("Failed"):
                raise OpsError(
                    f"{len(failed)} messages are back but could not be deleted from the dead-letter queue "
                    f"({failed[0]['Code']}): to move them again does no harm"
                )

    def release(self, letters: Iterable[Letter]) -> None:
        """Let others see letters again at once. One that is not released comes back by itself."""
        for batch in _batches(letters):
            entries = [
                {"Id": str(number), "ReceiptHandle": letter.receipt_handle, "VisibilityTimeout": 0}
                for number, letter in enumerate(batch)
            ]
            self.sqs.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)  # type: ignore[arg-type]  # the same
            for letter in batch:
                self._held.pop(letter.message_id, None)

    def _receive(self) -> list[Letter]:
        received = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [Letter.of(message) for message in received.get("Messages", ())]


def _batches(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    every = list(letters)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
