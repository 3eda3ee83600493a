"""The grants that the embedded AWS does not enforce, and the test of the documents that checks each."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.proofs.privilege import test_documents as documents
from tests.proofs.privilege.applied_policies import Grant

UNENFORCED: Final[Mapping[tuple[str, str], Callable[..., None]]] = {
    ("WriteLogs", "logs:CreateLogStream"): documents.test_a_function_writes_only_to_its_own_log_group,
    ("WriteLogs", "logs:PutLogEvents"): documents.test_a_function_writes_only_to_its_own_log_group,
    ("WriteTraces", "xray:PutTraceSegments"): documents.test_a_function_sends_traces,
    ("WriteTraces", "xray:PutTelemetryRecords"): documents.test_a_function_sends_traces,
    ("KeepFailedInvocations", "sqs:SendMessage"): documents.test_failed_invocations_have_a_queue,
    ("Receive", "sqs:ReceiveMessage"): documents.test_the_event_source_mapping_may_read_its_queue,
    ("Receive", "sqs:DeleteMessage"): documents.test_the_event_source_mapping_may_read_its_queue,
    ("Receive", "sqs:GetQueueAttributes"): documents.test_the_event_source_mapping_may_read_its_queue,
    ("UseKey", "kms:Decrypt"): documents.test_a_role_uses_the_key_only_through_its_services,
    ("UseKey", "kms:GenerateDataKey"): documents.test_a_role_uses_the_key_only_through_its_services,
    ("Decrypt", "kms:Decrypt"): documents.test_a_role_uses_the_key_only_through_its_services,
}
"""By statement and action. `test_grants.py` also tests that each is not enforced."""


def is_enforced(grant: Grant) -> bool:
    """Whether the embedded AWS refuses the action where the grant is missing."""
    return (grant.sid, grant.action) not in UNENFORCED
