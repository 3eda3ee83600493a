"""Pauses grow from attempt to attempt, wherever something is repeated, up to a bound; and what is repeated at all."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.ingestion_queue import IngestionQueue, ReceivedMessage
from handlers.aws.processed_table import ProcessedTable
from handlers.aws.retrying import Retrying
from handlers.aws.sqs_batches import run_batches
from handlers.domain.rules import Observation
from handlers.errors import UnavailableError
from handlers.processor import lambda_handler
from tests.handlers.fakes import Clock, Context, FailingClient, client_error
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline, reading_message
from tests.handlers.sensor_under_rule import SensorUnderRule

BOUNDS = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
"""Seconds."""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """The ranges from which pauses are drawn; each pause is the longest."""
    ranges: list[tuple[float, float]] = []

    def longest(minimum: float, maximum: float) -> float:
        ranges.append((minimum, maximum))
        return maximum

    monkeypatch.setattr("handlers.aws.retrying.random.uniform", longest)
    return ranges


class Leftovers:
    """AWS that leaves everything undone some times, and then does it."""

    __name__ = "send_message_batch"

    def __init__(self, times: int) -> None:
        self.left = times

    def again(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def operation(self, **_: Any) -> dict[str, Any]:
        if self.again():
            raise client_error("ThrottlingException")
        return {}

    def batch_write_item(self, **arguments: Any) -> dict[str, Any]:
        return {"UnprocessedItems": arguments["RequestItems"] if self.again() else {}}

    def batch_get_item(self, **arguments: Any) -> dict[str, Any]:
        return {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"] if self.again() else {}}

    def __call__(self, **arguments: Any) -> dict[str, Any]:
        failed = [{"Id": entry["Id"], "Code": "InternalError", "SenderFault": False} for entry in arguments["Entries"]]
        return {"Failed": failed if self.again() else []}


def call(aws: Any, retrying: Retrying) -> None:
    retrying.call(aws.operation)


def write(aws: Any, retrying: Retrying) -> None:
    ProcessedTable(aws, PROCESSED_TABLE).put([{"device_id": "d"}], 0, retrying)


def read(aws: Any, retrying: Retrying) -> None:
    AlertStateReader(aws, PROCESSED_TABLE).read([("d", "temperature")], retrying)


def send(aws: Any, retrying: Retrying) -> None:
    run_batches(aws, "queue", [{"Id": "0", "MessageBody": "x"}], retrying)


@pytest.mark.parametrize("repeat", [call, write, read, send])
def test_each_pause_is_drawn_from_nothing_to_a_bound_that_doubles(
    drawn: list[tuple[float, float]], repeat: Callable[[Any, Retrying], None]
) -> None:
    clock = Clock()

    repeat(Leftovers(len(BOUNDS)), clock.retrying(1_000))

    assert [least for least, _ in drawn] == [0] * len(BOUNDS)
    assert clock.pauses == [most for _, most in drawn] == pytest.approx(BOUNDS)


def test_a_pause_that_would_leave_no_time_for_a_call_is_not_begun(drawn: list[tuple[float, float]]) -> None:
    clock = Clock()
    retrying = clock.retrying(5.5)

    assert [retrying.pause(attempt) for attempt in (2, 3)] == [True, False]
    assert clock.seconds == pytest.approx(0.2)
    assert len(drawn) == 2


def test_an_invocation_waits_for_anothers_claim_ever_longer_and_gives_up(
    moto: MotoPipeline, drawn: list[tuple[float, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = SensorUnderRule(moto)
    (observation,) = sensor.write((1, 90))
    _leave_claimed(sensor, observation, monkeypatch)
    drawn.clear()

    failures = sensor.alerting().evaluate([observation], sensor.clock.retrying(100))

    assert [str(error) for error in failures.values()] == ["publish: claimed by another invocation"]
    assert [most for _, most in drawn] == pytest.approx(BOUNDS[:6])


def _leave_claimed(sensor: SensorUnderRule, observation: Observation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an invocation claim the notification, and die."""
    with monkeypatch.context() as patched:
        patched.setattr(sensor.moto.sns, "publish", _die)
        with pytest.raises(KeyboardInterrupt):
            sensor.alerting().evaluate([observation], sensor.clock.retrying(20))


def _die(**_: Any) -> None:
    raise KeyboardInterrupt


TRANSIENT = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "KMSThrottling",
    "KmsThrottled",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ServiceUnavailable",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
]
"""As DynamoDB, SQS, SNS, SSM and KMS call throttles and failures of their own, some with status 400."""
PERMANENT = ["AccessDenied", "AccessDeniedException", "AuthorizationError", "ResourceNotFoundException"]


@pytest.mark.parametrize(
    ("code", "is_repeated"), [*((code, True) for code in TRANSIENT), *((code, False) for code in PERMANENT)]
)
def test_only_a_transient_failure_is_repeated(code: str, is_repeated: bool) -> None:  # noqa: FBT001 - a case
    errors = iter([client_error(code)])
    clock = Clock()

    def put_item() -> str:
        for error in errors:
            raise error
        return "answer"

    if is_repeated:
        assert clock.retrying().call(put_item) == "answer"
    else:
        with pytest.raises(UnavailableError, match=code):
            clock.retrying().call(put_item)
    assert len(clock.pauses) == is_repeated


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often the messages that were deferred had been received, by receipt handle."""
    counts: dict[str, int] = {}

    def defer(_: IngestionQueue, messages: Sequence[ReceivedMessage], __: object) -> None:
        counts.update({each.receipt_handle: each.receive_count for each in messages})

    monkeypatch.setattr(IngestionQueue, "defer", defer)
    return counts


@pytest.mark.parametrize(("service", "operation"), [("dynamodb", "batch_write_item"), ("ssm", "get_parameter")])
def test_a_message_is_deferred_by_how_often_it_was_received(
    moto: MotoPipeline, deferred: dict[str, int], monkeypatch: pytest.MonkeyPatch, service: str, operation: str
) -> None:
    """Whether its own work failed, or the batch could not be begun."""
    failing = FailingClient(getattr(moto, service), operation, client_error("AccessDeniedException"))
    monkeypatch.setattr(f"handlers.aws.clients.{service}", lambda: failing)
    records = [reading_message("d", number, a=1) for number in (1, 2)]
    records[1]["attributes"]["ApproximateReceiveCount"] = "2"

    with pytest.raises(Exception, match="all 2 messages failed"):
        lambda_handler({"Records": records}, Context())

    assert deferred == {records[0]["receiptHandle"]: 1, records[1]["receiptHandle"]: 2}
