"""Makes the processor fail for a temporary reason, until the block ends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ops.local.pipeline import Pipeline
from tests.support.running_pipeline import eventually

_DENIAL: Final = "denied-by-a-test"
_VISIBILITY: Final = "VisibilityTimeout"


@contextmanager
def shortened_visibility_timeout(pipeline: Pipeline, seconds: int) -> Iterator[None]:
    """Shorten the ingestion queue's visibility timeout of six minutes, after which messages are redelivered."""
    sqs, url = pipeline.administrator.sqs(), pipeline.outputs["IngestionQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][_VISIBILITY]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={_VISIBILITY: str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={_VISIBILITY: before})


@contextmanager
def processing_denied(pipeline: Pipeline) -> Iterator[None]:
    """Deny the processor writing to the processed table, and deferring failed messages.

    The second only shortens the test: messages are redelivered after the queue's visibility timeout, not in 17 minutes.
    """
    name = pipeline.outputs["ProcessorFunctionName"]
    role = pipeline.administrator.functions().get_function_configuration(FunctionName=name)["Role"].rpartition("/")[2]
    actions = ["dynamodb:BatchWriteItem", "sqs:ChangeMessageVisibility"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": actions, "Resource": "*"}]}
    iam = pipeline.administrator.iam()
    iam.put_role_policy(RoleName=role, PolicyName=_DENIAL, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=_DENIAL)


def visible_messages(pipeline: Pipeline, output: str) -> int:
    """How many messages of a queue are visible."""
    found = pipeline.administrator.sqs().get_queue_attributes(
        QueueUrl=pipeline.outputs[output], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def await_messages(pipeline: Pipeline, output: str, number: int, patience: float) -> None:
    """Wait until so many messages of a queue are visible."""
    eventually(lambda: visible_messages(pipeline, output) == number or None, patience)
