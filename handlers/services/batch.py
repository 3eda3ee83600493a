"""A batch of messages from the ingestion queue: each has its own fate.

- Processed: Lambda deletes it.
- It can never be processed: sent to the dead-letter queue at once, then Lambda deletes it.
- It may be processed later: reported as failed, and hidden for a time that grows with each receive.

A message shares one fate among its readings, each of which is processed if it can be: where any may still succeed the
message comes again, and what is done is done again, which changes nothing; else, where any never can, it is sent away.
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
        readings_processed: how many were, those included whose message has another fate.
        readings_failed: how many were not; a message that cannot be read counts as one.
    """

    processed: list[Work]
    sent_away: Errors
    put_off: Errors
    readings_processed: int
    readings_failed: int


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
        works, unreadable = prepare(received, rules, self.clock())
        failed = self.processing.carry_out([plan for work in works for plan in work.plans], retrying)
        failures = {work.message_id: found for work in works if (found := work.failures(failed))}
        errors = unreadable | {identifier: _decisive(found) for identifier, found in failures.items()}
        sent_away = self._send_away(
            [each for each in received if isinstance(errors.get(each.message_id), _FINAL)], errors, last_steps
        )
        put_off = {identifier: error for identifier, error in errors.items() if identifier not in sent_away}
        counts = {each.receipt_handle: each.receive_count for each in received if each.message_id in put_off}
        self.queue.put_off(counts, last_steps)
        processed = [work for work in works if work.message_id not in errors]
        undone = sum(map(len, failures.values()))
        return Fates(processed, sent_away, put_off, _readings(works) - undone, undone + len(unreadable))

    def postpone(self, received: Sequence[Received], error: UnavailableError, last_steps: Retrying) -> Fates:
        """Put a whole batch off that cannot be begun."""
        self.queue.put_off({each.receipt_handle: each.receive_count for each in received}, last_steps)
        works, unreadable = prepare(received, {}, self.clock())
        put_off: Errors = {each.message_id: error for each in received}
        return Fates([], {}, put_off, 0, _readings(works) + len(unreadable))

    def _send_away(self, hopeless: Sequence[Received], errors: Errors, retrying: Retrying) -> Errors:
        letters = [
            DeadLetter(
                each.message_id, each.body, each.receive_count, each.correlation_id, str(errors[each.message_id])
            )
            for each in hopeless
        ]
        unsent = self.dead_letter_queue.send(letters, retrying)
        return {each.message_id: errors[each.message_id] for each in hopeless if each.message_id not in unsent}


def _decisive(errors: Sequence[BaseException]) -> BaseException:
    """Of what its readings met, what decides a message's fate: an error that may pass, where there is one."""
    return next((error for error in errors if not isinstance(error, _FINAL)), errors[0])


def _readings(works: Sequence[Work]) -> int:
    return sum(len(work.message.readings) for work in works)


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
