"""Reads a deployed environment: its tables, dead-letter queue and logs."""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from ops.aws.access import Access
from ops.operate.callers import Operator
from tests.support.stored_items import items

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

dynamodb, sqs, logs = cache(Access.dynamodb), cache(Access.sqs), cache(Access.logs)
"""Clients; to create one takes longer than most calls."""


def raw_readings(operator: Operator, device: str) -> list[dict[str, Any]]:
    """The raw items of a device."""
    return items(dynamodb(operator.access), operator.output("RawSensorTableName"), device)


def processed_readings(operator: Operator, device: str) -> list[dict[str, Any]]:
    """The processed items of a device."""
    return items(dynamodb(operator.access), operator.output("ProcessedDataTableName"), device)


def temperatures(readings: list[dict[str, Any]]) -> list[Decimal]:
    """The processed readings' temperatures, in the order of time."""
    return [reading["temperature_celsius"] for reading in readings]


def take_dead_letter_message(operator: Operator, marker: str) -> "MessageTypeDef | None":
    """Receive and delete the dead-letter message with the marker in its body; all others stay."""
    queues, url = sqs(operator.access), operator.output("DeadLetterQueueUrl")
    received = queues.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=1, MessageAttributeNames=["All"]
    )
    message = next((each for each in received.get("Messages", ()) if marker in each["Body"]), None)
    if message:
        queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return message


def logged(operator: Operator, function: str, text: str) -> list[str]:
    """The lines of a function's log that contain a text.

    Args:
        operator: The operator.
        function: The output that names the function.
        text: Letters, digits and hyphens.
    """
    pages = (
        logs(operator.access)
        .get_paginator("filter_log_events")
        .paginate(logGroupName=f"/aws/lambda/{operator.output(function)}", filterPattern=f'"{text}"')
    )
    return [event["message"] for page in pages for event in page["events"]]
