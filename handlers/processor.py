"""The entry point of the processor: batches from the ingestion queue, and `POST /process`."""

from functools import cache, partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import gateway
from handlers.aws import clients
from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.configuration_parameter import ConfigurationParameter
from handlers.aws.dead_letter_queue import DeadLetterQueue
from handlers.aws.ingestion_queue import TRACE_ATTRIBUTE, IngestionQueue
from handlers.aws.newer_readings import NewerReadings
from handlers.aws.processed_table import ProcessedTable
from handlers.aws.range_reader import RangeReader
from handlers.aws.retrying import Retrying
from handlers.boundary import answered
from handlers.contract import Metric
from handlers.deadline import Deadline
from handlers.domain.replay_request import read_replay
from handlers.domain.timestamps import now
from handlers.errors import UnavailableError
from handlers.observability import annotate, count, observed
from handlers.services.alerting import Alerting
from handlers.services.batch import BatchProcessing, Fates, response
from handlers.services.batch_report import report
from handlers.services.preparation import Received, received
from handlers.services.processing import Processing
from handlers.services.replay import Replay
from handlers.settings import ProcessorSettings, load
from handlers.traces import continued

RESERVED_SECONDS: Final = 1.0
"""Kept for the answer."""
LAST_STEPS_SECONDS: Final = 2 * clients.CALL_SECONDS
"""Kept for sending messages away and putting them off; never more than a third of the whole time."""


@observed(ProcessorSettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch of messages (an event with `Records`), or answer one request."""
    if "Records" in event:
        headers = [(record.get("attributes") or {}).get(TRACE_ATTRIBUTE) for record in event["Records"]]
        with continued(context.function_name, headers):
            return _process_batch(event["Records"], context)
    retrying = Retrying(Deadline.of(context, RESERVED_SECONDS).within(gateway.REQUEST_SECONDS))
    return answered(partial(_replay, retrying=retrying), event)


def _process_batch(records: list[dict[str, Any]], context: LambdaContext) -> dict[str, Any]:
    last_steps_seconds = min(LAST_STEPS_SECONDS, context.get_remaining_time_in_millis() / 1000 / 3)
    work = Retrying(Deadline.of(context, RESERVED_SECONDS + last_steps_seconds))
    messages = [received(record) for record in records]
    fates = _fates(messages, work, Retrying(Deadline.of(context, RESERVED_SECONDS)))
    report(messages, fates, now())
    return response(fates, len(messages))


def _fates(messages: list[Received], work: Retrying, last_steps: Retrying) -> Fates:
    try:
        configuration = _configuration().current(work)
    except UnavailableError as error:
        return _batch_processing().postpone(messages, error, last_steps)
    timed = work.within(configuration.processing_timeout)
    return _batch_processing().run(messages, configuration.named_rules(), timed, last_steps)


def _replay(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    request = read_replay(gateway.json_body(event))
    annotate(device_id=request.device_id)
    replayed = _replays().run(request, _configuration().current(retrying).named_rules(), retrying)
    count(Metric.READINGS_PROCESSED, replayed.processed)
    count(Metric.READINGS_FAILED, replayed.failed)
    return gateway.answer(replayed)


@cache
def _configuration() -> ConfigurationParameter:
    return ConfigurationParameter(clients.ssm(), load(ProcessorSettings).config_parameter)


@cache
def _processing() -> Processing:
    settings = load(ProcessorSettings)
    table = ProcessedTable(clients.dynamodb(), settings.processed_table_name, settings.processed_ttl_days)
    alerting = Alerting(
        AlertStateWriter(clients.dynamodb(), settings.processed_table_name, now),
        AlertStateReader(clients.dynamodb(), settings.processed_table_name),
        NewerReadings(clients.dynamodb(), settings.processed_table_name),
        AlertTopic(clients.sns(), settings.alert_topic_arn),
        now,
        partial(count, Metric.ALERTS_PUBLISHED),
    )
    return Processing(table, alerting, now)


@cache
def _batch_processing() -> BatchProcessing:
    settings = load(ProcessorSettings)
    dead_letter_queue = DeadLetterQueue(clients.sqs(), settings.dead_letter_queue_url)
    return BatchProcessing(_processing(), dead_letter_queue, IngestionQueue(clients.sqs(), settings.queue_url), now)


@cache
def _replays() -> Replay:
    raw = RangeReader(clients.dynamodb(), load(ProcessorSettings).raw_table_name, "timestamp")
    return Replay(raw, _processing(), now)
