"""The entry point of the processor: batches from the ingestion queue, and `POST /process`."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import gateway
from handlers.aws import clients
from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.dead_letter_queue import DeadLetterQueue
from handlers.aws.ingestion_queue import TRACE_ATTRIBUTE, IngestionQueue, ReceivedMessage
from handlers.aws.parameters import configuration
from handlers.aws.processed_table import ProcessedTable
from handlers.aws.range_reader import RangeReader
from handlers.aws.retrying import Retrying
from handlers.contract import Metric
from handlers.domain.configuration import Configuration
from handlers.domain.replay_request import read_replay
from handlers.domain.timestamps import now
from handlers.errors import UnavailableError
from handlers.observability import annotate, count, observed
from handlers.services.alerting import READINGS_IN_A_CALL, Alerting
from handlers.services.batch import BatchProcessing, Outcomes, report
from handlers.services.processing import Processing
from handlers.services.replay import Replay
from handlers.settings import ProcessorSettings, load
from handlers.traces import continued

RESERVED_SECONDS: Final = 1.0
"""Kept for the answer."""
LAST_STEPS_SECONDS: Final = 2 * clients.CALL_SECONDS
"""Kept for dead-lettering and deferring messages; never more than a third of the whole time."""


@observed(ProcessorSettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch of messages (an event with `Records`), or answer one request."""
    if "Records" in event:
        headers = [(record.get("attributes") or {}).get(TRACE_ATTRIBUTE) for record in event["Records"]]
        with continued(context.function_name, headers):
            return _process_batch(event["Records"], context)
    return gateway.answered(_replay, event, context, RESERVED_SECONDS)


def _process_batch(records: list[dict[str, Any]], context: LambdaContext) -> dict[str, Any]:
    last_steps_seconds = min(LAST_STEPS_SECONDS, context.get_remaining_time_in_millis() / 1000 / 3)
    work = Retrying.of(context, RESERVED_SECONDS + last_steps_seconds)
    messages = [ReceivedMessage.of(record) for record in records]
    outcomes = _outcomes(messages, work, Retrying.of(context, RESERVED_SECONDS))
    report(messages, outcomes, now())
    return outcomes.response(len(messages))


def _outcomes(messages: list[ReceivedMessage], work: Retrying, last_steps: Retrying) -> Outcomes:
    try:
        current = _configuration()(work)
    except UnavailableError as error:
        return _batch_processing().defer(messages, error, last_steps)
    timed = work.within(current.processing_timeout)
    return _batch_processing().run(messages, current.rules, timed, last_steps)


def _replay(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    request = read_replay(gateway.json_body(event))
    annotate(device_id=request.device_id)
    replayed = _replays().run(request, _configuration()(retrying).rules, retrying)
    count(Metric.READINGS_PROCESSED, replayed.processed)
    count(Metric.READINGS_FAILED, replayed.failed)
    return gateway.answer(replayed)


@cache
def _configuration() -> Callable[[Retrying], Configuration]:
    return configuration(clients.ssm(), load(ProcessorSettings).config_parameter)


@cache
def _processing() -> Processing:
    settings, dynamodb = load(ProcessorSettings), clients.dynamodb()
    table = settings.processed_table_name
    alerting = Alerting(
        AlertStateWriter(dynamodb, table, now),
        AlertStateReader(dynamodb, table),
        RangeReader(dynamodb, table, "event_date", is_consistent=True, page_size=READINGS_IN_A_CALL),
        AlertTopic(clients.sns(), settings.alert_topic_arn),
        now,
        partial(count, Metric.ALERTS_PUBLISHED),
    )
    return Processing(ProcessedTable(dynamodb, table, settings.processed_ttl_days), alerting, now)


@cache
def _batch_processing() -> BatchProcessing:
    settings = load(ProcessorSettings)
    dead_letter_queue = DeadLetterQueue(clients.sqs(), settings.dead_letter_queue_url)
    return BatchProcessing(_processing(), dead_letter_queue, IngestionQueue(clients.sqs(), settings.queue_url), now)


@cache
def _replays() -> Replay:
    raw = RangeReader(clients.dynamodb(), load(ProcessorSettings).raw_table_name, "timestamp")
    return Replay(raw, _processing(), now)
