"""A batch of messages from the ingestion queue: each has its own fate.

- Processed: Lambda deletes it.
- It can never be processed: sent to the dead-letter queue at once, then Lambda deletes it.
- It may be processed later: reported as failed, and hidden for a time that grows with each receive.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from handlers.aws.dead_letter_queue import DeadLetter, DeadLetterQueue
from handlers.aws.ingestion_queue import IngestionQueue
from handlers.aws.retrying import Retrying
from handlers.domain.message import MalformedMessageError
from handlers.domain.rules import Rule
from handlers.errors import PipelineError, RefusedError, UnavailableError, told
from handlers.services.preparation import Errors, Received, Work, prepare
from handlers.services.processing import Processing

_FINAL: Final = (MalformedMessageError, RefusedError)


class BatchFailedError(PipelineError):
    """Every message of a batch has to be received again: Lambda counts an error, and slows down."""


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of the messages of a batch, by message id where it is not work.

    Attributes:
        processed: done.
        sent_away: now in the dead-letter queue, and why.
        put_off: to be received again, and why.
    """

    processed: list[Work]
    sent_away: Errors
    put_off: Errors


@dataclass(frozen=True)
class BatchProcessing:
    """Processes batches.

    Attributes:
        clock: epoch milliseconds now.
    """

    processing: Processing
    dead_letter_queue: DeadLetterQueue
    queue: IngestionQueue
    clock: Callable[[], int]

    def run(
        self, received: Sequence[Received], rules: Mapping[str, Rule], retrying: Retrying, last_steps: Retrying
    ) -> Fates:
        """Process the messages of a batch.

        Args:
            received: the messages.
            rules: limits by value names.
            retrying: for the work itself.
            last_steps: for sending messages away or putting them off; it ends later.
        """
        works, errors = prepare(received, rules, self.clock())
        failures = self.processing.carry_out([work.plan for work in works], retrying)
        errors |= {work.message_id: failures[work.key] for work in works if work.key in failures}
        sent_away = self._send_away(
            [each for each in received if isinstance(errors.get(each.message_id), _FINAL)], errors, last_steps
        )
        put_off = {identifier: error for identifier, error in errors.items() if identifier not in sent_away}
        counts = {each.receipt_handle: each.receive_count for each in received if each.message_id in put_off}
        self.queue.put_off(counts, last_steps)
        return Fates([work for work in works if work.message_id not in errors], sent_away, put_off)

    def postpone(self, received: Sequence[Received], error: UnavailableError, last_steps: Retrying) -> Fates:
        """Put a whole batch off that cannot be begun."""
        self.queue.put_off({each.receipt_handle: each.receive_count for each in received}, last_steps)
        return Fates([], {}, {each.message_id: error for each in received})

    def _send_away(self, hopeless: Sequence[Received], errors: Errors, retrying: Retrying) -> Errors:
        letters = [
            DeadLetter(
                each.message_id, each.body, each.receive_count, each.correlation_id, str(errors[each.message_id])
            )
            for each in hopeless
        ]
        unsent = self.dead_letter_queue.send(letters, retrying)
        return {each.message_id: errors[each.message_id] for each in hopeless if each.message_id not in unsent}


def response(fates: Fates, size: int) -> dict[str, Any]:
    """Return Lambda's partial batch response.

    Raises:
        BatchFailedError: none of the messages came to an end.
    """
    if fates.put_off and len(fates.put_off) == size:
        raise BatchFailedError(
            f"all {size} messages failed, one of them with: {told(next(iter(fates.put_off.values())))}"
        )
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in fates.put_off]}
