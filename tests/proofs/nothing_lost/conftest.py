"""AWS (moto) over HTTP, for functions that run in their own processes."""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config

from handlers.aws.alert_state import partition
from tests.handlers.moto_pipeline import MotoPipeline
from tests.proofs.nothing_lost import moto_process
from tests.proofs.nothing_lost.function_process import FunctionProcess, start
from tests.proofs.nothing_lost.scenario import RECEIVES

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of moto."""
    with moto_process.start() as address:
        yield address


@pytest.fixture(scope="session")
def clients(address: str) -> list[Any]:
    """The clients of a world on moto."""
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    without_retries = Config(proxies={}, retries={"total_max_attempts": 1})
    return [
        session.client(name, endpoint_url=address, config=without_retries) for name in ("dynamodb", "sqs", "sns", "ssm")
    ]


@pytest.fixture(scope="session")
def functions(clients: list[Any], address: str) -> Iterator[FunctionProcess]:
    """The functions, with the environment variables that the generator gives them. Every world has the same names."""
    with start({**CREDENTIALS, "AWS_ENDPOINT_URL": address, **MotoPipeline.of(*clients).variables}) as functions:
        yield functions


@pytest.fixture
def world(clients: list[Any], address: str, functions: FunctionProcess) -> MotoPipeline:  # noqa: ARG001  # ends first
    """Empty tables, queues, topic and parameter, with the ingestion queue's redrive policy."""
    urllib3.request("POST", f"{address}/moto-api/reset")
    world = MotoPipeline.of(*clients)
    policy = {"deadLetterTargetArn": _arn(world, world.dead_letter_queue_url), "maxReceiveCount": RECEIVES}
    world.sqs.set_queue_attributes(QueueUrl=world.queue_url, Attributes={"RedrivePolicy": json.dumps(policy)})
    return world


@pytest.fixture(autouse=True)
def _nothing_but_readings(world: MotoPipeline) -> Iterator[None]:
    """Fail where a table contains anything but readings and alert states: no other check would find it."""
    yield
    items = world.raw_items() + world.processed_items()
    assert all(re.fullmatch(r"device-\d+", item["device_id"]) for item in items)
    states = world.processed_items(alerts=True)
    assert all(re.fullmatch(r"device-\d+#temperature", state["event_date"]) for state in states)
    assert all(state["device_id"] == partition(state["event_date"].split("#")[0]) for state in states)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receive without waiting: moto always returns what there is."""
    monkeypatch.setattr("ops.operate.redriving.moving._WAIT_SECONDS", 0)


def _arn(world: MotoPipeline, url: str) -> str:
    found: str = world.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return found
