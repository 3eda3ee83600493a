"""How an invocation's time is divided: what each part may take, and what is kept for the steps after it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from handlers import processor, query
from handlers.aws import clients
from handlers.aws.ingestion_queue import ReceivedMessage
from handlers.aws.parameters import Parameter
from handlers.aws.retrying import Retrying
from handlers.errors import InvalidParameterError, UnavailableError
from handlers.services.batch import BatchProcessing, Outcomes
from tests.handlers.fakes import Clock, Context, FailingClient, client_error
from tests.handlers.moto_pipeline import MotoPipeline, event, message, reading_message


def refuse(error: InvalidParameterError) -> None:
    raise error


LAMBDA = 29_000
"""Milliseconds: the timeout of the functions behind the API."""


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize(
    ("operation", "name", "kept"),
    [
        ("handlers.ingestion._ingest", "ingest", 2),
        ("handlers.query._query", "query", 2),
        ("handlers.processor._replay", "process", 1),
    ],
)
@pytest.mark.parametrize("remaining", [LAMBDA, 10_000])
def test_a_request_has_25_seconds_and_keeps_time_for_its_answer(
    monkeypatch: pytest.MonkeyPatch, operation: str, name: str, kept: int, remaining: int
) -> None:
    given: list[float] = []

    def answer(_: object, retrying: Retrying) -> dict[str, object]:
        given.append(retrying.remaining())
        return {}

    monkeypatch.setattr(operation, answer)
    module = import_module(operation.rpartition(".")[0])

    module.lambda_handler(event(name), Context(remaining))

    expected = min(25, remaining / 1000 - kept)
    assert expected - 1 < given[0] <= expected


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize(("remaining", "work", "last_steps"), [(60_000, 49, 59), (29_000, 29 - 1 - 29 / 3, 28)])
def test_a_batch_keeps_ten_seconds_or_a_third_for_its_last_steps(
    monkeypatch: pytest.MonkeyPatch, remaining: int, work: float, last_steps: float
) -> None:
    given: list[list[Retrying]] = []

    def run(*arguments: Any) -> Outcomes:
        given.append(list(arguments[3:]))
        return Outcomes([], {}, {}, 0, 0)

    monkeypatch.setattr(BatchProcessing, "run", run)

    processor.lambda_handler({"Records": [reading_message("d", 1, a=1)]}, Context(remaining))

    assert [each.remaining() for each in given[0]] == [pytest.approx(work), pytest.approx(last_steps)]


@pytest.mark.parametrize(("remaining", "status"), [(10_500, 200), (9_500, 503)])
def test_a_series_begins_no_page_that_could_outlast_the_request(
    moto: MotoPipeline, remaining: int, status: int
) -> None:
    """Eight seconds for a page of DynamoDB's, and two for the answer."""
    moto.process(reading_message("d", 1_795_428_930_123, a=1))
    asked = event("query")
    asked["queryStringParameters"] = {"device_id": "d", "interval": "PT1H"}

    assert query.lambda_handler(asked, Context(remaining))["statusCode"] == status


def test_without_time_for_the_work_its_last_steps_are_done(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = FailingClient(moto.sqs, "nothing", client_error("AccessDenied"))
    monkeypatch.setattr(clients, "sqs", lambda: sqs)
    messages = [ReceivedMessage.of(message("?")), ReceivedMessage.of(reading_message("d", 1, a=1))]

    outcomes = processor._batch_processing().run(  # noqa: SLF001 - as the handler makes it
        messages, {}, Clock().retrying(0), Clock().retrying()
    )

    assert sorted(sqs.calls) == ["change_message_visibility_batch", "send_message_batch"]
    assert [list(outcomes.dead_lettered), list(outcomes.deferred)] == [[each.message_id] for each in messages]
    assert len(moto.dead_letters()) == 1


def test_a_parameter_may_take_ten_seconds_of_a_request(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def call(retrying: Retrying, *_: object, **__: object) -> dict[str, Any]:
        given.append(retrying.remaining())
        return {"Parameter": {"Value": "text"}}

    monkeypatch.setattr(Retrying, "call", call)

    assert Parameter(moto.ssm, "p", str, refuse).value(Clock().retrying(25)) == "text"
    assert 9 < given[0] <= 10


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("client", [clients.dynamodb, clients.sqs, clients.sns, clients.ssm])
def test_a_client_waits_for_seconds_and_repeats_nothing_by_itself(
    monkeypatch: pytest.MonkeyPatch, client: Callable[[], Any]
) -> None:
    """`retrying` counts on it: it begins no call that could outlast the deadline."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = client().meta.config

    assert (config.connect_timeout, config.read_timeout) == (1, 4)
    assert config.connect_timeout + config.read_timeout == clients.CALL_SECONDS
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert config.max_pool_connections == clients.CONNECTIONS == 8


def test_the_earlier_of_two_ends_counts() -> None:
    clock = Clock()

    assert Retrying(lambda: 30.0).within(7, clock).remaining() == 7
    assert Retrying(lambda: 3.0).within(7, clock).remaining() == 3


def test_the_key_is_not_asked_for_without_time(moto: MotoPipeline) -> None:
    with pytest.raises(UnavailableError, match="no time left"):
        Parameter(moto.ssm, "p", str, refuse).value(Clock().retrying(1))
