"""A queue that is subscribed to an alert topic, on any AWS."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ops.aws.access import Access
from tests.support.temporary_users import PREFIX

Messages = Callable[[], list[dict[str, Any]]]
"""Returns the SNS messages that arrived since the last call."""


@contextmanager
def subscribed_queue(access: Access, topic: str) -> Iterator[Messages]:
    """Subscribe a queue to a topic until the block ends.

    Args:
        access: A user who may create queues and subscriptions.
        topic: The topic's ARN.
    """
    sqs, sns = access.sqs(), access.sns()
    name = f"{PREFIX}{secrets.token_hex(6)}"
    _, partition, _, region, account, _ = topic.split(":")
    arn = f"arn:{partition}:sqs:{region}:{account}:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]

    def take() -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        messages = answer.get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    try:
        subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
        try:
            yield take
        finally:
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    finally:
        sqs.delete_queue(QueueUrl=url)
