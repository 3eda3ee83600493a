"""An AWS that is reached over HTTP, as by functions in processes of their own."""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config

from handlers.aws.alert_state import partition
from tests.handlers.world import World
from tests.proofs.nothing_lost import server
from tests.proofs.nothing_lost.functions import Functions, started
from tests.proofs.nothing_lost.surroundings import RECEIVES

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where moto answers."""
    with server.started() as address:
        yield address


@pytest.fixture(scope="session")
def clients(address: str) -> list[Any]:
    """What makes a world there."""
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    quick = Config(proxies={}, retries={"total_max_attempts": 1})
    return [session.client(name, endpoint_url=address, config=quick) for name in ("dynamodb", "sqs", "sns", "ssm")]


@pytest.fixture(scope="session")
def functions(clients: list[Any], address: str) -> Iterator[Functions]:
    """The functions, with the environment that the generator gives them: every world has the same names."""
    with started({**CREDENTIALS, "AWS_ENDPOINT_URL": address, **World.of(*clients).variables}) as functions:
        yield functions


@pytest.fixture
def world(clients: list[Any], address: str, functions: Functions) -> World:  # noqa: ARG001  # their world is gone then
    """What the functions talk to, empty, with the ingestion queue's redrive policy."""
    urllib3.request("POST", f"{address}/moto-api/reset")
    world = World.of(*clients)
    policy = {"deadLetterTargetArn": _arn(world, world.dead_letter_queue_url), "maxReceiveCount": RECEIVES}
    world.sqs.set_queue_attributes(QueueUrl=world.queue_url, Attributes={"RedrivePolicy": json.dumps(policy)})
    return world


@pytest.fixture(autouse=True)
def _nothing_but_readings(world: World) -> Iterator[None]:
    """Find what lies in a table and is neither a device's nor one of its alert states, where no story would look."""
    yield
    items = world.raw_items() + world.processed_items()
    assert all(re.fullmatch(r"device-\d+", item["device_id"]) for item in items)
    states = world.processed_items(alerts=True)
    assert all(re.fullmatch(r"device-\d+#temperature", state["event_date"]) for state in states)
    assert all(state["device_id"] == partition(state["event_date"].split("#")[0]) for state in states)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what moto answers at once for all that there is."""
    monkeypatch.setattr("ops.operate.redriving.moving._WAIT_SECONDS", 0)


def _arn(world: World, url: str) -> str:
    found: str = world.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return found
