"""Takes from the processor what it needs, so that it fails for a reason that passes, and gives it back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ops.local.pipeline import Pipeline
from tests.support.running import eventually

_POLICY: Final = "broken-by-a-test"
_VISIBILITY: Final = "VisibilityTimeout"


@contextmanager
def messages_come_back_after(pipeline: Pipeline, seconds: int) -> Iterator[None]:
    """Shorten the ingestion queue's visibility timeout: what is not put off comes back after it, not in six minutes."""
    sqs, url = pipeline.administrator.sqs(), pipeline.outputs["IngestionQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][_VISIBILITY]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={_VISIBILITY: str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={_VISIBILITY: before})


@contextmanager
def processing_broken(pipeline: Pipeline) -> Iterator[None]:
    """Deny the processor to write the processed table, and to put off what failed.

    The second only shortens the test: the queue's own visibility timeout then holds, instead of up to 17 minutes.
    """
    name = pipeline.outputs["ProcessorFunctionName"]
    role = pipeline.administrator.functions().get_function_configuration(FunctionName=name)["Role"].rpartition("/")[2]
    actions = ["dynamodb:BatchWriteItem", "sqs:ChangeMessageVisibility"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": actions, "Resource": "*"}]}
    iam = pipeline.administrator.iam()
    iam.put_role_policy(RoleName=role, PolicyName=_POLICY, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=_POLICY)


def visible_messages(pipeline: Pipeline, output: str) -> int:
    """How many messages of a queue can be received."""
    found = pipeline.administrator.sqs().get_queue_attributes(
        QueueUrl=pipeline.outputs[output], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def await_messages(pipeline: Pipeline, output: str, number: int, patience: float) -> None:
    """Wait until so many messages of a queue can be received."""
    eventually(lambda: visible_messages(pipeline, output) == number or None, patience)
