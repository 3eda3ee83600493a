"""The resources that deny plain http: the statement that denies it, and a call that the statement applies to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from generate.reading import read_account
from ops.local.pipeline import Pipeline
from tests.support.sample import SAMPLE

Call = Callable[[Any], Any]
"""A function of a client."""
_DENY: Final = "DenyWithoutTls"


@dataclass(frozen=True)
class TlsOnly:
    """A resource with its own policy.

    Attributes:
        service: The service of the client.
        call: Calls the resource.
        read: Returns the text of its policy.
        write: Sets the text of its policy.
    """

    service: str
    call: Call
    read: Call
    write: Callable[[Any, str], Any]

    @contextmanager
    def without(self, sid: str, client: Any) -> Iterator[None]:
        """Remove one statement until the block ends; then the policy is restored, whatever happens."""
        applied = self.read(client)
        document = json.loads(applied)
        left = [statement for statement in document["Statement"] if statement["Sid"] != sid]
        assert len(left) == len(document["Statement"]) - 1, f"no {sid} in {applied}"
        self.write(client, json.dumps({**document, "Statement": left}))
        try:
            yield
        finally:
            self.write(client, applied)
        assert self.read(client) == applied


def _queue(pipeline: Pipeline, output: str) -> TlsOnly:
    url = pipeline.outputs[output]
    return TlsOnly(
        "sqs",
        lambda sqs: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]),
        lambda sqs: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"],
        lambda sqs, text: sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text}),
    )


def _topic(pipeline: Pipeline) -> TlsOnly:
    arn = pipeline.outputs["AlertTopicArn"]
    return TlsOnly(
        "sns",
        lambda sns: sns.publish(TopicArn=arn, Message="a test"),
        lambda sns: sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"],
        lambda sns, text: sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text),
    )


def _state_bucket(_: Pipeline) -> TlsOnly:
    bucket = read_account(SAMPLE).state.bucket
    return TlsOnly(
        "s3",
        lambda s3: s3.list_objects_v2(Bucket=bucket),
        lambda s3: s3.get_bucket_policy(Bucket=bucket)["Policy"],
        lambda s3, text: s3.put_bucket_policy(Bucket=bucket, Policy=text),
    )


TLS_ONLY: Final[dict[tuple[str, str, str], Callable[[Pipeline], TlsOnly]]] = {
    ("queueing", "ingestion_queue", _DENY): partial(_queue, output="IngestionQueueUrl"),
    ("queueing", "dead_letter_queue", _DENY): partial(_queue, output="DeadLetterQueueUrl"),
    ("queueing", "async_dead_letter_queue", _DENY): partial(_queue, output="AsyncDeadLetterQueueUrl"),
    ("queueing", "alert_topic", _DENY): _topic,
    ("account", "state_bucket", _DENY): _state_bucket,
}
"""By the place of the denying statement."""
