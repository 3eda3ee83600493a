"""How each grant of the functions' roles comes to be used: a story for each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.privilege.policies import Grant
from tests.privilege.scene import Scene
from tests.privilege.stories import (
    Forgetting,
    Ingesting,
    IngestingAfresh,
    Processing,
    ProcessingAfresh,
    PuttingAside,
    PuttingOff,
    Querying,
    Replaying,
    Story,
)


@dataclass(frozen=True)
class Expected:
    """A story, and what a function logs where the grant is missing.

    Attributes:
        story: Makes the story.
        operation: The client's operation that is refused.
    """

    story: Callable[[Scene], Story]
    operation: str


def expected(grant: Grant, suffix: str) -> Expected:
    """How a grant is used.

    Args:
        grant: The grant.
        suffix: The environment's, which names end with.

    Raises:
        KeyError: It is not known, so that nothing shows that it is needed.
    """
    return USES[grant.function, grant.action, grant.target.removesuffix(f"-{suffix}")]


USES = {
    ("ingestion", "dynamodb:PutItem", "raw-sensor-data"): Expected(Ingesting, "put_item"),
    ("ingestion", "sqs:SendMessage", "iot-ingestion-queue"): Expected(Ingesting, "send_message_batch"),
    ("ingestion", "ssm:GetParameter", "config"): Expected(IngestingAfresh, "get_parameter"),
    ("processor", "dynamodb:Query", "raw-sensor-data"): Expected(Replaying, "query"),
    ("processor", "dynamodb:BatchWriteItem", "processed-data"): Expected(Processing, "batch_write_item"),
    ("processor", "dynamodb:UpdateItem", "processed-data"): Expected(Processing, "update_item"),
    ("processor", "dynamodb:BatchGetItem", "processed-data"): Expected(Processing, "batch_get_item"),
    ("processor", "dynamodb:DeleteItem", "processed-data"): Expected(Forgetting, "delete_item"),
    ("processor", "dynamodb:Query", "processed-data"): Expected(Processing, "query"),
    ("processor", "sqs:ChangeMessageVisibility", "iot-ingestion-queue"): Expected(
        PuttingOff, "change_message_visibility_batch"
    ),
    ("processor", "sqs:SendMessage", "iot-dlq"): Expected(PuttingAside, "send_message_batch"),
    ("processor", "sns:Publish", "iot-alerts"): Expected(Processing, "publish"),
    ("processor", "ssm:GetParameter", "config"): Expected(ProcessingAfresh, "get_parameter"),
    ("query", "dynamodb:Query", "raw-sensor-data"): Expected(partial(Querying, table="raw"), "query"),
    ("query", "dynamodb:Query", "processed-data"): Expected(partial(Querying, table="processed"), "query"),
}
"""By function, action and the resource's name less the environment's suffix."""
