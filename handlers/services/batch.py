"""A batch of messages from the ingestion queue: each has its own fate.

- Processed: Lambda deletes it.
- It can never be processed: sent to the dead-letter queue at once, then Lambda deletes it.
- It may be processed later: reported as failed, and hidden for a time that grows with each receive.

A message that can be read shares one fate among its readings, each of which is processed if it can be: where any may
still succeed the message comes again, and what is done is done again, which changes nothing but when it was processed,
and so when it expires; else, where any never can, it is sent away.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from handlers.aws.dead_letter_queue import DeadLetter, DeadLetterQueue
from handlers.aws.ingestion_queue import IngestionQueue
from handlers.aws.retrying import Retrying
from handlers.domain.rules import Rule
from handlers.errors import PipelineError, UnavailableError
from handlers.services.failure import Failure
from handlers.services.preparation import Failures, Received, Work, prepare
from handlers.services.processing import Processing


class BatchFailedError(PipelineError):
    """Every message of a batch has to be received again: Lambda counts an error, and slows down."""


class Fates(msgspec.Struct, frozen=True):
    """What became of the messages of a batch, by message id where it is not work.

    Attributes:
        processed: done.
        sent_away: now in the dead-letter queue, and why.
        put_off: to be received again, and why.
        readings_processed: how many were, those included whose message has another fate.
        readings_failed: how many were not; a message that cannot be read counts as one.
    """

    processed: list[Work]
    sent_away: Failures
    put_off: Failures
    readings_processed: int
    readings_failed: int


class BatchProcessing(msgspec.Struct, frozen=True):
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
        works, unreadable = prepare(received, rules, self.clock())
        failed = self.processing.carry_out([plan for work in works for plan in work.plans.values()], retrying)
        undone = [(work.message_id, errors) for work in works if (errors := work.undone(failed))]
        failures = unreadable | {message_id: Failure(errors) for message_id, errors in undone}
        sent_away = self._send_away(received, failures, last_steps)
        put_off = {identifier: failure for identifier, failure in failures.items() if identifier not in sent_away}
        counts = {each.receipt_handle: each.receive_count for each in received if each.message_id in put_off}
        self.queue.put_off(counts, last_steps)
        processed = [work for work in works if work.message_id not in failures]
        # SQS may deliver a message twice in one batch: its readings are counted each time, whatever its id.
        count = sum(len(errors) for _, errors in undone)
        return Fates(processed, sent_away, put_off, _readings(works) - count, count + len(received) - len(works))

    def postpone(self, received: Sequence[Received], error: UnavailableError, last_steps: Retrying) -> Fates:
        """Put a whole batch off that cannot be begun."""
        self.queue.put_off({each.receipt_handle: each.receive_count for each in received}, last_steps)
        works, _ = prepare(received, {}, self.clock())
        put_off: Failures = {each.message_id: Failure({"": error}) for each in received}
        return Fates([], {}, put_off, 0, _readings(works) + len(received) - len(works))

    def _send_away(self, received: Sequence[Received], failures: Failures, retrying: Retrying) -> Failures:
        """Send those away that can never be processed, and return why."""
        hopeless = {identifier: failure for identifier, failure in failures.items() if failure.is_final}
        letters = [
            DeadLetter(each.message_id, each.body, each.receive_count, each.correlation_id, failure.reason)
            for each in received
            if (failure := hopeless.get(each.message_id))
        ]
        unsent = self.dead_letter_queue.send(letters, retrying)
        return {identifier: failure for identifier, failure in hopeless.items() if identifier not in unsent}


def _readings(works: Sequence[Work]) -> int:
    return sum(work.size for work in works)


def response(fates: Fates, size: int) -> dict[str, Any]:
    """Return Lambda's partial batch response.

    Raises:
        BatchFailedError: none of the messages came to an end.
    """
    if fates.put_off and len(fates.put_off) == size:
        raise BatchFailedError(
            f"all {size} messages failed, one of them with: {next(iter(fates.put_off.values())).told}"
        )
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in fates.put_off]}
