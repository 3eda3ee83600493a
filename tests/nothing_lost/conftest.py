"""An AWS that is reached over HTTP, as by functions in processes of their own."""

import json
import logging
import re
from collections.abc import Iterator

import boto3
import pytest
import urllib3
from botocore.config import Config
from moto.server import ThreadedMotoServer

from tests.handlers.world import World
from tests.nothing_lost.functions import Functions, started
from tests.nothing_lost.surroundings import RECEIVES, take

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where moto answers."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # or it tells of every request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        yield address
        urllib3.request("POST", f"{address}/moto-api/reset")  # the next one, in the same process, has the same memory
    finally:
        server.stop()


@pytest.fixture(scope="module")
def world(address: str) -> World:
    """What the functions talk to, with the ingestion queue's redrive policy."""
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    quick = Config(proxies={}, retries={"total_max_attempts": 1})
    clients = [session.client(name, endpoint_url=address, config=quick) for name in ("dynamodb", "sqs", "sns", "ssm")]
    world = World.of(*clients)
    policy = {"deadLetterTargetArn": _arn(world, world.dead_letter_queue_url), "maxReceiveCount": RECEIVES}
    world.sqs.set_queue_attributes(QueueUrl=world.queue_url, Attributes={"RedrivePolicy": json.dumps(policy)})
    return world


@pytest.fixture(scope="module")
def functions(world: World, address: str) -> Iterator[Functions]:
    """The functions, with the environment that the generator gives them."""
    with started({**CREDENTIALS, "AWS_ENDPOINT_URL": address, **world.variables}) as functions:
        yield functions


@pytest.fixture(autouse=True)
def _nothing_but_readings(world: World) -> Iterator[None]:
    """Find what lies in a table and is neither a device's nor one of its alert states, where no story would look."""
    yield
    items = world.raw_items() + world.processed_items()
    assert all(re.fullmatch(r"device-\d+", item["device_id"]) for item in items)
    states = world.processed_items(alerts=True)
    assert all(re.fullmatch(r"#alert#device-\d+", state["device_id"]) for state in states)
    assert {state["event_date"] for state in states} <= {"temperature"}


@pytest.fixture(autouse=True)
def _empty_queues(world: World) -> None:
    """Forget what a test that failed has left."""
    for url in (world.queue_url, world.dead_letter_queue_url, world.told_queue_url):
        take(world, url)


def _arn(world: World, url: str) -> str:
    found: str = world.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return found
