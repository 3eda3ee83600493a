"""A world without the user's AWS environment."""

from collections.abc import Callable, Iterator

import pytest
from moto import mock_aws

from ops.aws.access import Access
from ops.cli.command import main
from ops.operate.callers import Operator
from tests.ops.operate.queues import NAMES, Queues


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_CA_BUNDLE",
        "AWS_SESSION_TOKEN",
        "API_ENDPOINT",
        "PIPELINE_API_KEY",
        "TF_CLI_CONFIG_FILE",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def access() -> Iterator[Access]:
    with mock_aws():
        yield Access("us-east-1")


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    monkeypatch.setattr("ops.operate.redriving.moving._WAIT_SECONDS", 0)
    with mock_aws():
        sqs = Access("us-east-1").sqs()
        yield Queues(sqs, sqs.create_queue(QueueName="dlq")["QueueUrl"], sqs.create_queue(QueueName="main")["QueueUrl"])


@pytest.fixture
def command(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    outputs = {"DeadLetterQueueUrl": queues.dead, "AsyncDeadLetterQueueUrl": queues.dead}
    outputs |= {"IngestionQueueUrl": queues.main}
    outputs |= {f"{name.capitalize()}FunctionName": function for name, function in NAMES.items()}
    monkeypatch.setattr("ops.cli.operating.find_operator", lambda *_: Operator(Access("us-east-1"), outputs))
    return lambda *words: main(["redrive", *words])
