"""The AWS clients: created on first use, with timeouts.

They are botocore's own, which is what `boto3.client` returns: `import boto3` would add S3's transfer manager and
the resources to every cold start (`docs/performance.md`). They have only the operations that the functions call.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.config import Config
from botocore.session import Session

from handlers.aws.service_models import SlicedLoader

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient

CONNECT_TIMEOUT_SECONDS: Final = 1
READ_TIMEOUT_SECONDS: Final = 4
CALL_SECONDS: Final = CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS
"""Reserved for one call: both timeouts. They apply to each connection and each read, so that a slow response can take
longer. `retrying` repeats calls, botocore does not: it knows no deadline."""
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
    return cast("DynamoDBClient", _client("dynamodb"))


@cache
def sqs() -> "SQSClient":
    """Return the client of the queues."""
    return cast("SQSClient", _client("sqs"))


@cache
def sns() -> "SNSClient":
    """Return the client of the alert topic."""
    return cast("SNSClient", _client("sns"))


@cache
def ssm() -> "SSMClient":
    """Return the client of the parameters."""
    return cast("SSMClient", _client("ssm"))


def _client(service: str) -> Any:
    return _session().create_client(service, config=_CONFIG)


@cache
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", SlicedLoader())
    return session
