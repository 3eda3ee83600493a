"""A use for each grant of the functions' roles."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from generate.naming import NAMES, resource_name
from tests.proofs.privilege.applied_policies import Grant
from tests.proofs.privilege.driver import Driver
from tests.proofs.privilege.grant_uses import (
    DeadLetter,
    Defer,
    GrantUse,
    Ingest,
    IngestAfterColdStart,
    Process,
    ProcessAfterColdStart,
    Query,
    Replay,
)


@dataclass(frozen=True)
class ExpectedUse:
    """A use of a grant, and the operation that fails without the grant.

    Attributes:
        create: Creates the use.
        operation: The client's operation that is refused.
    """

    create: Callable[[Driver], GrantUse]
    operation: str


def expected(grant: Grant, suffix: str) -> ExpectedUse:
    """The use of a grant.

    Args:
        grant: The grant.
        suffix: The environment's suffix, with which names end.

    Raises:
        KeyError: The grant has no use here, so that no test shows that it is needed.
    """
    resources = {resource_name(key, suffix).rpartition("/")[2]: key for key in NAMES}
    return USES[grant.function, grant.action, resources[grant.target]]


USES = {
    ("ingestion", "dynamodb:PutItem", "raw_table"): ExpectedUse(Ingest, "put_item"),
    ("ingestion", "sqs:SendMessage", "ingestion_queue"): ExpectedUse(Ingest, "send_message_batch"),
    ("ingestion", "ssm:GetParameter", "config_parameter"): ExpectedUse(IngestAfterColdStart, "get_parameter"),
    ("processor", "dynamodb:Query", "raw_table"): ExpectedUse(Replay, "query"),
    ("processor", "dynamodb:BatchWriteItem", "processed_table"): ExpectedUse(Process, "batch_write_item"),
    ("processor", "dynamodb:UpdateItem", "processed_table"): ExpectedUse(Process, "update_item"),
    ("processor", "dynamodb:BatchGetItem", "processed_table"): ExpectedUse(Process, "batch_get_item"),
    ("processor", "dynamodb:Query", "processed_table"): ExpectedUse(Process, "query"),
    ("processor", "sqs:ChangeMessageVisibility", "ingestion_queue"): ExpectedUse(
        Defer, "change_message_visibility_batch"
    ),
    ("processor", "sqs:SendMessage", "dead_letter_queue"): ExpectedUse(DeadLetter, "send_message_batch"),
    ("processor", "sns:Publish", "alert_topic"): ExpectedUse(Process, "publish"),
    ("processor", "ssm:GetParameter", "config_parameter"): ExpectedUse(ProcessAfterColdStart, "get_parameter"),
    ("query", "dynamodb:Query", "raw_table"): ExpectedUse(partial(Query, table="raw"), "query"),
    ("query", "dynamodb:Query", "processed_table"): ExpectedUse(partial(Query, table="processed"), "query"),
}
"""By function, action and the resource's key in `generate.naming.NAMES`."""
