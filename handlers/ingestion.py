"""`POST /ingest`: the entry point of the ingestion function."""

from functools import cache, partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import clients, gateway
from handlers.boundary import answered
from handlers.contract import MAXIMUM_BATCH_SIZE
from handlers.deadline import Deadline
from handlers.ingestion_queue import IngestionQueue, Trail
from handlers.intake import Intake
from handlers.observability import observed, trace_header
from handlers.raw_table import RawTable
from handlers.receipt import receipt
from handlers.retrying import Retrying
from handlers.settings import IngestionSettings, load
from handlers.submission import Clock, read_submission
from handlers.timestamps import MAXIMUM_TIMESTAMP, now

RESERVED_SECONDS: Final = 2.0
"""Kept for the answer itself."""


@observed(IngestionSettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS
    return answered(partial(_ingest, retrying=Retrying(Deadline.after(seconds))), event)


def _ingest(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    submission = read_submission(gateway.json_body(event), _clock(), lambda: MAXIMUM_BATCH_SIZE)
    trail = Trail(gateway.request_id(event), trace_header())
    outcomes = _intake().take(submission.entries, trail, retrying)
    status, body = receipt(submission, outcomes)
    return gateway.answer(body, status)


def _clock() -> Clock:
    moment = now()
    skew = load(IngestionSettings).maximum_clock_skew_seconds * 1000
    return Clock(moment, min(moment + skew, MAXIMUM_TIMESTAMP))


@cache
def _intake() -> Intake:
    settings = load(IngestionSettings)
    raw_table = RawTable(clients.dynamodb(), settings.raw_table_name, settings.raw_ttl_days)
    return Intake(raw_table, IngestionQueue(clients.sqs(), settings.queue_url), now)
