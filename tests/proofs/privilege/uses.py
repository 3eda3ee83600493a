"""How each grant of the functions' roles comes to be used: a story for each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from generate.naming import NAMES, resource_name
from tests.proofs.privilege.policies import Grant
from tests.proofs.privilege.scene import Scene
from tests.proofs.privilege.stories import (
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
    resources = {resource_name(key, suffix).rpartition("/")[2]: key for key in NAMES}
    return USES[grant.function, grant.action, resources[grant.target]]


USES = {
    ("ingestion", "dynamodb:PutItem", "raw_table"): Expected(Ingesting, "put_item"),
    ("ingestion", "sqs:SendMessage", "ingestion_queue"): Expected(Ingesting, "send_message_batch"),
    ("ingestion", "ssm:GetParameter", "config_parameter"): Expected(IngestingAfresh, "get_parameter"),
    ("processor", "dynamodb:Query", "raw_table"): Expected(Replaying, "query"),
    ("processor", "dynamodb:BatchWriteItem", "processed_table"): Expected(Processing, "batch_write_item"),
    ("processor", "dynamodb:UpdateItem", "processed_table"): Expected(Processing, "update_item"),
    ("processor", "dynamodb:BatchGetItem", "processed_table"): Expected(Processing, "batch_get_item"),
    ("processor", "dynamodb:Query", "processed_table"): Expected(Processing, "query"),
    ("processor", "sqs:ChangeMessageVisibility", "ingestion_queue"): Expected(
        PuttingOff, "change_message_visibility_batch"
    ),
    ("processor", "sqs:SendMessage", "dead_letter_queue"): Expected(PuttingAside, "send_message_batch"),
    ("processor", "sns:Publish", "alert_topic"): Expected(Processing, "publish"),
    ("processor", "ssm:GetParameter", "config_parameter"): Expected(ProcessingAfresh, "get_parameter"),
    ("query", "dynamodb:Query", "raw_table"): Expected(partial(Querying, table="raw"), "query"),
    ("query", "dynamodb:Query", "processed_table"): Expected(partial(Querying, table="processed"), "query"),
}
"""By function, action and the resource's key in `generate.naming.NAMES`."""
