"""Requests to KMS on the data keys' account."""

from typing import Final

REUSE_SECONDS: Final = 300
"""SQS's default, and what DynamoDB keeps a table's key for each caller."""


def queue_requests(producers: int, consumers: int) -> float:
    """Requests a second of an encrypted queue, R = B / D x (2 P + C).

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html; "actual costs
    might be higher". Sessions of one role are one principal.
    """
    return (2 * producers + consumers) / REUSE_SECONDS


def table_requests(callers: int) -> float:
    """Requests a second of an encrypted table: its key is kept for five minutes for each caller."""
    return callers / REUSE_SECONDS
