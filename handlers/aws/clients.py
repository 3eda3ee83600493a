"""The AWS clients: made on first use, with bounds on every wait."""

from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient

CONNECT_TIMEOUT_SECONDS: Final = 1
READ_TIMEOUT_SECONDS: Final = 4
CALL_SECONDS: Final = CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS
"""Kept for one call: both timeouts. They count each connection and each read by itself, so that an answer that trickles
in can take longer. `retrying` repeats calls, botocore does not: it knows no deadline."""
CONNECTIONS: Final = 8

_CONFIG: Final = Config(
    connect_timeout=CONNECT_TIMEOUT_SECONDS,
    read_timeout=READ_TIMEOUT_SECONDS,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=CONNECTIONS,
)


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the client of the tables."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def sqs() -> "SQSClient":
    """Return the client of the queues."""
    return boto3.client("sqs", config=_CONFIG)


@cache
def sns() -> "SNSClient":
    """Return the client of the alert topic."""
    return boto3.client("sns", config=_CONFIG)


@cache
def ssm() -> "SSMClient":
    """Return the client of the parameters."""
    return boto3.client("ssm", config=_CONFIG)
