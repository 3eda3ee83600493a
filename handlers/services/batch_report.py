"""What operators learn of a batch: log lines and metrics, never what a message said."""

from collections.abc import Sequence

from handlers.contract import Metric
from handlers.errors import PipelineError
from handlers.observability import annotate, count, logger, measure
from handlers.services.batch import Fates
from handlers.services.preparation import Received


def report(received: Sequence[Received], fates: Fates, now: int) -> None:
    """Report the fates of a batch's messages.

    Args:
        received: the batch.
        fates: what became of it.
        now: epoch milliseconds.
    """
    annotate(batch=len(received))
    count(Metric.BATCH_SIZE, len(received))
    count(Metric.READINGS_PROCESSED, fates.readings_processed)
    count(Metric.READINGS_FAILED, fates.readings_failed)
    for work in fates.processed:
        measure(Metric.END_TO_END_LAG, max(0, now - work.message.accepted_at))
    for message in received:
        _log_failure(message, fates)
    logger.info(
        "batch ended",
        readings=fates.readings_processed,
        processed=len(fates.processed),
        sent_away=len(fates.sent_away),
        put_off=len(fates.put_off),
        correlation_ids=sorted({message.correlation_id for message in received if message.correlation_id}),
    )


def _log_failure(message: Received, fates: Fates) -> None:
    failure = fates.sent_away.get(message.message_id) or fates.put_off.get(message.message_id)
    if failure is None:
        return
    logger.warning(
        "message sent to the dead-letter queue" if message.message_id in fates.sent_away else "message put off",
        message_id=message.message_id,
        receive_count=message.receive_count,
        correlation_id=message.correlation_id,
        error=failure.told,
        # An error that is not ours is a mistake in the code, and its traceback is the way to it.
        exc_info=None if isinstance(failure.decisive, PipelineError) else failure.decisive,
    )
