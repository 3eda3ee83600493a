"""A batch of messages from the ingestion queue. Each message has an outcome of its own.

- Processed: Lambda deletes it.
- Dead-lettered, after a permanent failure: sent to the dead-letter queue at once, then Lambda deletes it.
- Deferred, after a transient failure: reported as failed, and invisible for a time that grows with each receive.

The readings of a message share its outcome, but each of them is processed if it can be. After a transient failure of
any reading the message is redelivered; processing the others again changes only `processed_at`, and with it the time at
which they expire. Without a transient failure, a permanent failure of any reading dead-letters the message.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from handlers.aws.dead_letter_queue import DeadLetterQueue
from handlers.aws.ingestion_queue import IngestionQueue, ReceivedMessage
from handlers.aws.retrying import Retrying
from handlers.contract import Metric
from handlers.domain.rules import Rule
from handlers.errors import PipelineError, UnavailableError
from handlers.observability import annotate, count, logger, measure
from handlers.services.preparation import Failure, Failures, PreparedMessage, prepare
from handlers.services.processing import Processing


class BatchFailedError(PipelineError):
    """Every message of a batch is deferred: Lambda counts an error, and slows down."""


class Outcomes(msgspec.Struct, frozen=True):
    """The outcomes of a batch's messages.

    Attributes:
        processed: the messages that were processed.
        dead_lettered: why others are in the dead-letter queue, by message id.
        deferred: why others are redelivered later, by message id.
        readings_processed: how many were, in whichever messages.
        readings_failed: how many were not; a message that cannot be read counts as one.
    """

    processed: list[PreparedMessage]
    dead_lettered: Failures
    deferred: Failures
    readings_processed: int
    readings_failed: int

    def response(self, size: int) -> dict[str, Any]:
        """Return Lambda's partial batch response.

        Args:
            size: how many messages the batch has.

        Raises:
            BatchFailedError: all of them are deferred.
        """
        if self.deferred and len(self.deferred) == size:
            first = next(iter(self.deferred.values()))
            raise BatchFailedError(f"all {size} messages failed, one of them with: {first.loggable}")
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in self.deferred]}


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
        self, messages: Sequence[ReceivedMessage], rules: Mapping[str, Rule], retrying: Retrying, last_steps: Retrying
    ) -> Outcomes:
        """Process the messages of a batch.

        Args:
            messages: as they were received.
            rules: limits by value names.
            retrying: for the work itself.
            last_steps: for dead-lettering and deferring messages; it ends later.
        """
        prepared, unreadable = prepare(messages, rules, self.clock())
        failed = self.processing.carry_out([plan for each in prepared for plan in each.plans.values()], retrying)
        incomplete = [(each.message_id, errors) for each in prepared if (errors := each.all_errors(failed))]
        failures = unreadable | {message_id: Failure(errors) for message_id, errors in incomplete}
        dead_lettered = self._dead_letter(messages, failures, last_steps)
        deferred = {identifier: failure for identifier, failure in failures.items() if identifier not in dead_lettered}
        self.queue.defer([each for each in messages if each.message_id in deferred], last_steps)
        processed = [each for each in prepared if each.message_id not in failures]
        # SQS may deliver a message twice in one batch: its readings are counted each time, whatever its id.
        count = sum(len(errors) for _, errors in incomplete)
        unread = len(messages) - len(prepared)
        return Outcomes(processed, dead_lettered, deferred, _readings(prepared) - count, count + unread)

    def defer(self, messages: Sequence[ReceivedMessage], error: UnavailableError, last_steps: Retrying) -> Outcomes:
        """Defer a whole batch that cannot be started."""
        self.queue.defer(messages, last_steps)
        prepared, _ = prepare(messages, {}, self.clock())
        deferred: Failures = {each.message_id: Failure({"": error}) for each in messages}
        return Outcomes([], {}, deferred, 0, _readings(prepared) + len(messages) - len(prepared))

    def _dead_letter(self, messages: Sequence[ReceivedMessage], failures: Failures, retrying: Retrying) -> Failures:
        """Send the permanent failures to the dead-letter queue, and return those that were sent."""
        permanent = {identifier: failure for identifier, failure in failures.items() if failure.is_permanent}
        reasons = [(each, permanent[each.message_id].reason) for each in messages if each.message_id in permanent]
        unsent = self.dead_letter_queue.send(reasons, retrying)
        return {identifier: failure for identifier, failure in permanent.items() if identifier not in unsent}


def _readings(prepared: Sequence[PreparedMessage]) -> int:
    return sum(each.size for each in prepared)


def report(messages: Sequence[ReceivedMessage], outcomes: Outcomes, now: int) -> None:
    """Write log lines and metrics of a batch, which never contain what a message said.

    Args:
        messages: the batch.
        outcomes: of its messages.
        now: epoch milliseconds.
    """
    annotate(batch=len(messages))
    count(Metric.BATCH_SIZE, len(messages))
    count(Metric.READINGS_PROCESSED, outcomes.readings_processed)
    count(Metric.READINGS_FAILED, outcomes.readings_failed)
    for each in outcomes.processed:
        measure(Metric.END_TO_END_LAG, max(0, now - each.message.accepted_at))
    for message in messages:
        _log_failure(message, outcomes)
    logger.info(
        "batch ended",
        readings=outcomes.readings_processed,
        processed=len(outcomes.processed),
        dead_lettered=len(outcomes.dead_lettered),
        deferred=len(outcomes.deferred),
        correlation_ids=sorted({message.correlation_id for message in messages if message.correlation_id}),
    )


def _log_failure(message: ReceivedMessage, outcomes: Outcomes) -> None:
    dead_lettered, deferred = outcomes.dead_lettered.get(message.message_id), outcomes.deferred.get(message.message_id)
    failure = dead_lettered or deferred
    if failure is None:
        return
    logger.warning(
        "message dead-lettered" if dead_lettered else "message deferred",
        message_id=message.message_id,
        receive_count=message.receive_count,
        correlation_id=message.correlation_id,
        error=failure.loggable,
        # An error that is not the pipeline's own is a mistake in the code; its traceback shows where.
        exc_info=None if isinstance(failure.decisive, PipelineError) else failure.decisive,
    )
