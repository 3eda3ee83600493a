"""The environment that is tested, those who call it, and a device whose traces are wiped out."""

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
from tests.proofs.integrations.listeners import delete_left_over_queues
from tests.proofs.integrations.looking import dynamodb
from tests.support.running import eventually
from tests.support.stored import alert_states, items
from tests.support.temporary_users import PREFIX, delete_left_over_users, temporary_user

_LONGEST_RUN = timedelta(hours=1)
_UNKNOWN_KEY = "UnrecognizedClientException"
_IN_A_ROW = 3
"""IAM's servers learn of a change one after the other: one that knows it does not mean that all do."""


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
    parser.addoption("--environment", help="the environment to verify: local is what `make up` left running")


def pytest_configure(config: pytest.Config) -> None:
    environment = config.getoption("environment", None)
    if environment is not None:
        try:
            config.stash[_OPERATOR] = find_operator(ROOT, environment, Progress())
        except (OpsError, GenerateError, BotoCoreError, ClientError) as error:
            raise pytest.UsageError(str(error)) from error


@pytest.fixture(scope="session")
def operator(request: pytest.FixtureRequest) -> Operator:
    """Who looks after the environment; without a name it is the tests' own pipeline."""
    environment = request.config.getoption("environment", None)
    if environment is None:
        pipeline = request.getfixturevalue("pipeline")
        return Operator(pipeline.administrator, {**pipeline.outputs, "ApiEndpoint": pipeline.api})
    return request.config.stash[_OPERATOR]


@pytest.fixture(scope="session")
def _nothing_left_over(operator: Operator) -> None:
    before = datetime.now(UTC) - _LONGEST_RUN
    names = [*delete_left_over_users(operator.access, before), *delete_left_over_queues(operator, before)]
    if names:
        Progress().say(f"deleted what a killed run left behind: {', '.join(names)}")


@pytest.fixture(scope="session")
def callers(operator: Operator, _nothing_left_over: None) -> Iterator[Callers]:
    """Users that exist as long as the tests run."""
    stage = f"{operator.output('ApiExecutionArn')}/{operator.output('ApiStageName')}"
    with ExitStack() as users:

        def client(resource: str | None) -> ApiClient:
            statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource} if resource else None
            access = users.enter_context(temporary_user(operator.access, statement))
            return ApiClient(operator.output("ApiEndpoint"), access)

        made = Callers(client(f"{stage}/*"), client(f"{stage}/POST/ingest"), client(None))
        await_in_a_row(lambda: _status(made.caller) == HTTPStatus.BAD_REQUEST)
        await_in_a_row(lambda: made.ingester.post("/ingest", {}).status == HTTPStatus.BAD_REQUEST)
        await_in_a_row(lambda: made.stranger.post("/ingest", {}).headers.get("x-amzn-errortype") != _UNKNOWN_KEY)
        yield made


def _status(caller: ApiClient) -> int:
    status = caller.post("/ingest", {}).status
    if advice := missing_key_advice(status):
        pytest.exit(f"error: {advice}", returncode=1)
    return status


def await_in_a_row(look: Callable[[], bool]) -> None:
    """Wait until a look is right some times without a break."""
    eventually(lambda: all(look() for _ in range(_IN_A_ROW)) or None, 120)


@pytest.fixture
def caller(callers: Callers) -> ApiClient:
    return callers.caller


@pytest.fixture
def device(operator: Operator) -> Iterator[str]:
    """A device that nobody has; what the tables hold of it afterwards is deleted."""
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
