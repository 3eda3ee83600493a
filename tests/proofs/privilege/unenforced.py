"""What the embedded AWS lets roles do without asking for the grant, and the test of the documents that holds it."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.proofs.privilege import test_documents as documents
from tests.proofs.privilege.policies import Grant

UNENFORCED: Final[Mapping[tuple[str, str], Callable[..., None]]] = {
    ("WriteLogs", "logs:CreateLogStream"): documents.test_a_function_writes_to_its_own_log_group_alone,
    ("WriteLogs", "logs:PutLogEvents"): documents.test_a_function_writes_to_its_own_log_group_alone,
    ("WriteTraces", "xray:PutTraceSegments"): documents.test_a_function_sends_traces,
    ("WriteTraces", "xray:PutTelemetryRecords"): documents.test_a_function_sends_traces,
    ("KeepFailedInvocations", "sqs:SendMessage"): documents.test_failed_invocations_have_a_queue_to_go_to,
    ("Receive", "sqs:ReceiveMessage"): documents.test_the_event_source_mapping_may_read_its_queue,
    ("Receive", "sqs:DeleteMessage"): documents.test_the_event_source_mapping_may_read_its_queue,
    ("Receive", "sqs:GetQueueAttributes"): documents.test_the_event_source_mapping_may_read_its_queue,
    ("UseKey", "kms:Decrypt"): documents.test_a_role_uses_the_key_through_its_services_alone,
    ("UseKey", "kms:GenerateDataKey"): documents.test_a_role_uses_the_key_through_its_services_alone,
    ("Decrypt", "kms:Decrypt"): documents.test_a_role_uses_the_key_through_its_services_alone,
}
"""By statement and action. That each of them really is not enforced is measured, too."""


def is_enforced(grant: Grant) -> bool:
    """Whether the embedded AWS refuses what the grant would allow, where it is missing."""
    return (grant.sid, grant.action) not in UNENFORCED
