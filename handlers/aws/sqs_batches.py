"""SQS's batch operations: as few calls as its limits allow, and an outcome for each entry."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from handlers.aws.parallel import in_parallel
from handlers.aws.retrying import Retrying
from handlers.errors import UnavailableError
from handlers.observability import logger

MAXIMUM_ENTRIES: Final = 10
MAXIMUM_BYTES: Final = 1_048_576
"""Of one batch, attributes included:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html."""
OVERHEAD_BYTES: Final = 8_192
"""At least as much as the attributes of one message take."""

Entry = dict[str, Any]
Operation = Callable[..., Mapping[str, Any]]


def run_batches(operation: Operation, url: str, entries: Sequence[Entry], retrying: Retrying) -> dict[str, str]:
    """Run a batch operation for any number of entries.

    Args:
        operation: the client's `send_message_batch` or `change_message_visibility_batch`.
        url: the queue.
        entries: with an `Id` each, no two the same.
        retrying: repeats what may still succeed.

    Returns:
        The error code of each entry that failed, by its `Id`; failures are logged.
    """
    results = in_parallel(lambda batch: _run_batch(operation, url, batch, retrying), _batches(entries))
    failed = {identifier: code for result in results for identifier, code in result.items()}
    if failed:
        logger.error("SQS entries failed", operation=operation.__name__, codes=sorted(set(failed.values())))
    return failed


def _run_batch(operation: Operation, url: str, entries: list[Entry], retrying: Retrying) -> dict[str, str]:
    failures: dict[str, str] = {}
    attempts = count()
    while True:
        try:
            answer = retrying.call(operation, QueueUrl=url, Entries=entries)
        except UnavailableError as error:
            return failures | {entry["Id"]: error.code for entry in entries}
        failed = answer.get("Failed", [])
        failures |= {failure["Id"]: failure["Code"] for failure in failed if failure["SenderFault"]}
        again = {failure["Id"]: failure["Code"] for failure in failed if not failure["SenderFault"]}
        if not again or not retrying.pause(next(attempts)):
            return failures | again
        entries = [entry for entry in entries if entry["Id"] in again]


def _batches(entries: Sequence[Entry]) -> list[list[Entry]]:
    batches: list[list[Entry]] = []
    room = 0
    for entry in entries:
        size = len(entry.get("MessageBody", "").encode()) + OVERHEAD_BYTES
        if not batches or size > room or len(batches[-1]) == MAXIMUM_ENTRIES:
            batches.append([])
            room = MAXIMUM_BYTES
        batches[-1].append(entry)
        room -= size
    return batches
