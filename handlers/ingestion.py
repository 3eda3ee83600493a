"""`POST /ingest`: the entry point of the ingestion function."""

import hmac
from collections.abc import Callable, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import gateway
from handlers.aws import clients
from handlers.aws.ingestion_queue import IngestionQueue, TraceContext
from handlers.aws.parameters import Parameter, configuration
from handlers.aws.raw_table import RawTable, Stored
from handlers.aws.retrying import Retrying
from handlers.contract import MAXIMUM_BATCH_SIZE, MAXIMUM_TIMESTAMP, Metric
from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.configuration import Configuration
from handlers.domain.problems import FaultsError, ProblemError, unavailable
from handlers.domain.submission import Clock, Submission, read_submission
from handlers.domain.timestamps import first_millisecond, now
from handlers.errors import UnavailableError
from handlers.observability import annotate, count, logger, observed, trace_header
from handlers.services.acceptance import Acceptance, IncompleteError, Outcome, chosen_timestamps, receipt
from handlers.settings import IngestionSettings, load

RESERVED_SECONDS: Final = 2.0
"""Kept for the answer."""
API_KEY_HEADER: Final = "X-Api-Key"


@observed(IngestionSettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return gateway.answered(_ingest, event, context, RESERVED_SECONDS)


def _ingest(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    if load(IngestionSettings).api_key_parameter is not None:
        _check_api_key(gateway.header(event, API_KEY_HEADER), retrying)
    submission = _submission(event, retrying)
    outcomes = _accepted(submission, TraceContext(gateway.request_id(event), trace_header()), retrying)
    _report(submission, outcomes)
    status, body = receipt(submission, outcomes)
    return gateway.answer(body, status)


def _check_api_key(sent: str | None, retrying: Retrying) -> None:
    """Compare what was sent with the key, in constant time.

    Raises:
        ProblemError: 401 where no key was sent, 403 where it is a different key.
    """
    expected = _api_key().value(retrying)
    if expected is None:
        raise UnavailableError("get_parameter", "the API key is not set")
    if sent is None:
        headers = {"WWW-Authenticate": "ApiKey"}
        raise ProblemError(HTTPStatus.UNAUTHORIZED, f"The header {API_KEY_HEADER} is missing.", headers=headers)
    if not hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")):
        raise ProblemError(HTTPStatus.FORBIDDEN, f"The header {API_KEY_HEADER} contains a wrong key.")


def _submission(event: gateway.Event, retrying: Retrying) -> Submission:
    try:
        return read_submission(gateway.json_body(event), _clock(), partial(_batch_size, retrying))
    except (FaultsError, ProblemError):
        count(Metric.READINGS_ACCEPTED, 0)
        count(Metric.READINGS_REJECTED)
        raise


def _clock() -> Clock:
    settings, moment = load(IngestionSettings), now()
    latest = min(moment + settings.maximum_clock_skew_seconds * 1000, MAXIMUM_TIMESTAMP)
    return Clock(moment, AcceptedTimes(max(0, first_millisecond(settings.oldest_timestamp)), latest))


def _batch_size(retrying: Retrying) -> int:
    return min(MAXIMUM_BATCH_SIZE, _configuration()(retrying).batch_size)


def _accepted(submission: Submission, trace: TraceContext, retrying: Retrying) -> list[Outcome]:
    if submission.is_batch:
        annotate(batch=len(submission.entries))
    else:
        annotate(device_id=submission.entries[0].reading.device_id)
    try:
        return _acceptance().accept(submission.entries, trace, retrying)
    except IncompleteError as error:
        logger.error("the AWS request failed", operation=error.operation, code=error.code)
        raise unavailable(chosen_timestamps(submission, error.outcomes)) from error


def _report(submission: Submission, outcomes: Sequence[Outcome]) -> None:
    accepted = sum(outcome.stored is not Stored.OTHER for outcome in outcomes)
    duplicate = sum(outcome.stored is Stored.SAME for outcome in outcomes)
    rejected = len(submission.rejections) + len(outcomes) - accepted
    count(Metric.READINGS_ACCEPTED, accepted)
    count(Metric.READINGS_DUPLICATE, duplicate)
    count(Metric.READINGS_REJECTED, rejected)
    logger.info("readings accepted", accepted=accepted, duplicate=duplicate, rejected=rejected)


@cache
def _configuration() -> Callable[[Retrying], Configuration]:
    return configuration(clients.ssm(), load(IngestionSettings).config_parameter)


@cache
def _api_key() -> Parameter[str]:
    name = load(IngestionSettings).api_key_parameter or ""
    return Parameter(clients.ssm(), name, str, lambda error: logger.error("no API key", reason=str(error)))


@cache
def _acceptance() -> Acceptance:
    settings = load(IngestionSettings)
    raw_table = RawTable(clients.dynamodb(), settings.raw_table_name, settings.raw_ttl_days)
    return Acceptance(raw_table, IngestionQueue(clients.sqs(), settings.queue_url), now)
