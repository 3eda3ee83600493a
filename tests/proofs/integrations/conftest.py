"""The environment under test, its callers, and a device whose items are deleted afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from generate.errors import GenerateError
from handlers.aws.attribute_values import to_item
from ops.aws.api_client import ApiClient, missing_key_advice
from ops.operate.callers import Operator, find_operator
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from tests.proofs.integrations.lookups import dynamodb
from tests.proofs.integrations.topic_endpoint import delete_leftover_queues
from tests.support.running_pipeline import eventually
from tests.support.stored_items import alert_states, items
from tests.support.temporary_users import PREFIX, delete_leftover_users, temporary_user

_LONGEST_RUN = timedelta(hours=1)
_UNKNOWN_KEY = "UnrecognizedClientException"
_IN_A_ROW = 3
"""IAM's servers receive a change one after the other: that one has it does not mean that all have it."""


_OPERATOR = pytest.StashKey[Operator]()


@dataclass(frozen=True)
class Callers:
    """The API as different users.

    Attributes:
        caller: May call every route.
        ingester: May call POST /ingest.
        stranger: May call nothing.
    """

    caller: ApiClient
    ingester: ApiClient
    stranger: ApiClient


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--environment", help="the environment to verify; local is the one that `make up` has started")


def pytest_configure(config: pytest.Config) -> None:
    environment = config.getoption("environment", None)
    if environment is not None:
        try:
            config.stash[_OPERATOR] = find_operator(ROOT, environment, Progress())
        except (OpsError, GenerateError, BotoCoreError, ClientError) as error:
            raise pytest.UsageError(str(error)) from error


@pytest.fixture(scope="session")
def operator(request: pytest.FixtureRequest) -> Operator:
    """The operator of the environment; without a name that of the tests' own pipeline."""
    environment = request.config.getoption("environment", None)
    if environment is None:
        pipeline = request.getfixturevalue("pipeline")
        return Operator(pipeline.administrator, {**pipeline.outputs, "ApiEndpoint": pipeline.api})
    return request.config.stash[_OPERATOR]


@pytest.fixture(scope="session")
def _no_leftovers(operator: Operator) -> None:
    before = datetime.now(UTC) - _LONGEST_RUN
    names = [*delete_leftover_users(operator.access, before), *delete_leftover_queues(operator, before)]
    if names:
        Progress().say(f"deleted leftovers of a killed run: {', '.join(names)}")


@pytest.fixture(scope="session")
def callers(operator: Operator, _no_leftovers: None) -> Iterator[Callers]:
    """The API as temporary users."""
    stage = f"{operator.output('ApiExecutionArn')}/{operator.output('ApiStageName')}"
    with ExitStack() as users:

        def client(resource: str | None) -> ApiClient:
            statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource} if resource else None
            access = users.enter_context(temporary_user(operator.access, statement))
            return ApiClient(operator.output("ApiEndpoint"), access)

        made = Callers(client(f"{stage}/*"), client(f"{stage}/POST/ingest"), client(None))
        await_repeatedly(lambda: _status(made.caller) == HTTPStatus.BAD_REQUEST)
        await_repeatedly(lambda: made.ingester.post("/ingest", {}).status == HTTPStatus.BAD_REQUEST)
        await_repeatedly(lambda: made.stranger.post("/ingest", {}).headers.get("x-amzn-errortype") != _UNKNOWN_KEY)
        yield made


def _status(caller: ApiClient) -> int:
    status = caller.post("/ingest", {}).status
    if advice := missing_key_advice(status):
        pytest.exit(f"error: {advice}", returncode=1)
    return status


def await_repeatedly(look: Callable[[], bool]) -> None:
    """Wait until a check succeeds several times in a row."""
    eventually(lambda: all(look() for _ in range(_IN_A_ROW)) or None, 120)


@pytest.fixture
def caller(callers: Callers) -> ApiClient:
    return callers.caller


@pytest.fixture
def device(operator: Operator) -> Iterator[str]:
    """A device id that no other test uses; its items are deleted after the test."""
    name = f"{PREFIX}{time.time_ns()}"
    yield name
    client = dynamodb(operator.access)
    raw, processed = operator.output("RawSensorTableName"), operator.output("ProcessedDataTableName")
    stored = {
        (raw, "timestamp"): items(client, raw, name),
        (processed, "event_date"): items(client, processed, name) + alert_states(client, processed, name),
    }
    for (table, range_key), left in stored.items():
        for item in left:
            client.delete_item(TableName=table, Key=to_item({key: item[key] for key in ("device_id", range_key)}))
