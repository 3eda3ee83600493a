"""Moves dead-letter messages back, all or chosen ones.

SQS has a task for this (StartMessageMoveTask), but it moves all of a queue's messages, with the attributes of their
reason, and not every AWS has it.
"""

from dataclasses import dataclass
from typing import Final

from ops.operate.callers import Operator
from ops.operate.logs import FUNCTIONS
from ops.operate.redriving.dead_letters import Choice
from ops.operate.redriving.destinations import Destination, FailedFunctions, IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, Moved, redrive
from ops.project.errors import OpsError
from ops.project.progress import Progress

INGESTION: Final = "ingestion"
ASYNC: Final = "async"
QUEUES: Final = {INGESTION: "DeadLetterQueueUrl", ASYNC: "AsyncDeadLetterQueueUrl"}
"""What a user calls the dead-letter queues, and the outputs that name them."""
MAXIMUM_MESSAGES: Final = 120_000
"""That may be in flight at a time (SQS Developer Guide, "Amazon SQS message quotas")."""


def read_choice(queue: str, function: str | None, **texts: str | None) -> Choice:
    """Which messages are chosen.

    Args:
        queue: What a user calls the dead-letter queue.
        function: What a user calls the function whose events they are.
        texts: `id`, `device` and `reason`: each some values with commas between them, or None for any.

    Raises:
        OpsError: With everything that is empty or contradicts something else.
    """
    problems = [
        f"{name.upper()}={text}: it has no value; leave {name.upper()} out to mean all"
        for name, text in texts.items()
        if text is not None and not _values(text)
    ]
    if function and queue != ASYNC:
        problems.append("FUNCTION= requires QUEUE=async: the ingestion queue's messages are the processor's")
    if texts["device"] and queue == ASYNC:
        problems.append("DEVICE= does not go with QUEUE=async: an event may be of many devices")
    if problems:
        raise OpsError("\n".join(problems))
    return Choice(*(_values(texts[name]) for name in ("id", "device", "reason")))


@dataclass(frozen=True)
class Request:
    """What to move.

    Attributes:
        queue: What a user calls the dead-letter queue.
        choice: Which of its messages.
        function: What a user calls the function whose events they are, where the messages do not say.
        limit: The maximum to move; None: all.
        dry_run: Whether they are listed only.
    """

    queue: str
    choice: Choice
    function: str | None = None
    limit: int | None = None
    dry_run: bool = False


def redrive_environment(operator: Operator, request: Request, progress: Progress) -> bool:
    """Move dead-letter messages of an environment back, and list each.

    Returns:
        Whether everything that was asked for has been moved, or would be.
    """
    queue = DeadLetterQueue(operator.access.sqs(), operator.output(QUEUES[request.queue]))
    progress.say(f"{queue.count()} messages wait in the {request.queue} dead-letter queue of {operator.environment}")
    moved = redrive(
        queue,
        _destination(operator, request),
        request.choice,
        request.limit,
        dry_run=request.dry_run,
        report=lambda message: print(message.line(), flush=True),
    )
    _report(moved, progress, dry_run=request.dry_run)
    missing = [message_id for message_id in request.choice.message_ids if message_id not in moved.seen]
    if missing and moved.chosen != request.limit:
        progress.say(f"not found: {', '.join(missing)}")
        return False
    return not (moved.refused or moved.returned)


def _values(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _destination(operator: Operator, request: Request) -> Destination:
    if request.queue == INGESTION:
        return IngestionQueue(operator.access.sqs(), operator.output("IngestionQueueUrl"))
    names = {name: operator.output(output) for name, output in FUNCTIONS.items()}
    return FailedFunctions(operator.access.functions(), list(names.values()), names.get(request.function or ""))


def _report(moved: Moved, progress: Progress, *, dry_run: bool) -> None:
    done = f"{moved.chosen} would be moved; this was a dry run" if dry_run else f"{len(moved.new_ids)} moved back"
    progress.say(f"{len(moved.seen) - moved.returned} looked at, {done}")
    if moved.returned:
        progress.say(f"{moved.returned} of them are dead-lettered again: their cause is not fixed yet")
    for message, reason in moved.refused:
        progress.say(f"{message.message_id} stays: it {reason}")
