"""Calls repeated while time remains."""

from collections.abc import Callable

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from handlers.aws.clients import CALL_SECONDS
from handlers.aws.retrying import Retrying
from handlers.errors import RefusedError, UnavailableError
from tests.handlers.fakes import Clock, Context, client_error

PASSING: list[ClientError | BotoCoreError] = [
    client_error("ProvisionedThroughputExceededException"),
    client_error("ThrottlingException"),
    client_error("RequestThrottled"),
    client_error("Whatever", status=500),
    client_error("Whatever", status=503),
    client_error("Whatever", status=429),
    ReadTimeoutError(endpoint_url="https://aws"),
    EndpointConnectionError(endpoint_url="https://aws"),
]


def failing(*errors: Exception) -> Callable[..., str]:
    """Return an operation that raises each error in turn, and then answers."""
    left = list(errors)

    def put_item(**arguments: str) -> str:
        if left:
            raise left.pop(0)
        return arguments["Item"]

    return put_item


@pytest.mark.parametrize("error", PASSING, ids=str)
def test_what_may_pass_is_repeated(error: Exception) -> None:
    clock = Clock()

    assert clock.retrying().call(failing(error, error), Item="item") == "item"
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("error", [client_error("AccessDeniedException"), NoCredentialsError()], ids=str)
def test_what_cannot_pass_is_not_repeated(error: Exception) -> None:
    clock = Clock()

    with pytest.raises(UnavailableError) as raised:
        clock.retrying().call(failing(error), Item="item")

    assert raised.value.operation == "put_item"
    assert raised.value.code in ("AccessDeniedException", "NoCredentialsError")
    assert clock.pauses == []


def test_a_refusal_is_an_error_of_its_own() -> None:
    with pytest.raises(RefusedError):
        Clock().retrying().call(failing(client_error("ValidationException")), Item="item")


def test_an_answer_passes_through() -> None:
    with pytest.raises(ClientError):
        Clock().retrying().call(failing(client_error("ConditionalCheckFailedException")), Item="item")


def test_no_attempt_can_outlast_the_deadline() -> None:
    clock = Clock()
    throttle = client_error("ThrottlingException")

    with pytest.raises(UnavailableError, match="ThrottlingException"):
        clock.retrying(20).call(failing(*[throttle] * 10_000), Item="item")

    assert 20 - CALL_SECONDS - 2 <= clock.seconds <= 20 - CALL_SECONDS
    assert max(clock.pauses) <= 2


def test_without_time_nothing_is_attempted() -> None:
    clock = Clock()

    with pytest.raises(UnavailableError, match="no time left"):
        clock.retrying(CALL_SECONDS - 0.1).call(failing(), Item="item")


def test_pauses_are_drawn_below_a_bound_that_doubles() -> None:
    clock = Clock()
    retrying = clock.retrying(1_000_000)

    for attempt in range(200):
        assert retrying.pause(attempt)

    bounds = [min(2.0, 0.05 * 2**attempt) for attempt in range(200)]
    assert all(0 <= pause <= bound for pause, bound in zip(clock.pauses, bounds, strict=True))
    assert len({round(pause, 6) for pause in clock.pauses[10:]}) > 100


def test_less_time_may_be_given() -> None:
    clock = Clock()
    end = clock() + 100
    retrying = Retrying(lambda: end - clock(), clock.sleep)

    assert retrying.within(30, clock).remaining() == 30
    assert retrying.within(300, clock).remaining() == 100
    assert retrying.within(30, clock).sleep == clock.sleep
    assert clock.retrying(100).within(7).remaining() == pytest.approx(7, abs=1)


def test_the_deadline_is_that_of_the_invocation() -> None:
    context = Context(remaining=29_000)
    retrying = Retrying.of(context, reserved_seconds=2)

    assert retrying.remaining() == 27
    context.remaining = 1_000
    assert retrying.remaining() == -1
