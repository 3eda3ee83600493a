"""Brings dead letters back, all or chosen ones: `python -m ops.operate.redrive`.

SQS has a task for this (StartMessageMoveTask), but it chooses none, moves the reason's attributes too, and not every
AWS has it.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from ops.cli.make_variables import MakeVariables
from ops.cli.running import FAILED, parse, run
from ops.operate.callers import Operator, find_operator
from ops.operate.logs import FUNCTIONS
from ops.operate.redriving.dead_letters import Choice
from ops.operate.redriving.destinations import Destination, FailedFunctions, IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, Moved, redrive
from ops.project.paths import LOCAL, ROOT, deployed_names
from ops.project.progress import Progress

INGESTION: Final = "ingestion"
ASYNC: Final = "async"
_QUEUES: Final = {INGESTION: "DeadLetterQueueUrl", ASYNC: "AsyncDeadLetterQueueUrl"}
"""What a user calls the dead-letter queues, and the outputs that name them."""
_CHOICES: Final = ("id", "device", "reason")
_MOST: Final = 120_000
"""Messages that SQS lets be held at a time (SQS Developer Guide, "Amazon SQS message quotas": in flight)."""


def main(words: Sequence[str] | None = None) -> int:
    """Redrive what the command line says.

    Args:
        words: The command line; this process's by default.

    Returns:
        1 where some of what was asked for is still a dead letter, else 0.
    """
    arguments = parse(_parser(), words)
    variables = MakeVariables(arguments)
    dry_run = variables.switch("dry_run")
    limit = _checked(variables, arguments)
    choice = Choice(_several(arguments.id), _several(arguments.device), _several(arguments.reason))
    progress = Progress()
    operator = find_operator(ROOT, arguments.env, progress)
    queue = DeadLetterQueue(operator.access.sqs(), operator.output(_QUEUES[arguments.queue]))
    progress.say(f"{queue.count()} messages wait in the {arguments.queue} dead-letter queue of {arguments.env}")
    destination = _destination(operator, arguments)
    moved = redrive(
        queue, destination, choice, limit, dry_run=dry_run, report=lambda message: print(message.line(), flush=True)
    )
    _tell(moved, progress, dry_run=dry_run)
    missing = [message_id for message_id in choice.message_ids if message_id not in moved.seen]
    if missing and moved.chosen != limit:
        progress.say(f"not found: {', '.join(missing)}")
        return FAILED
    return FAILED if moved.refused or moved.returned else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops.operate.redrive", description="Bring dead letters back, all or chosen ones. Values: a,b,c."
    )
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--queue", default=INGESTION, help="ingestion, or async: failed asynchronous invocations")
    parser.add_argument("--id", help="only messages of these ids, as a dry run lists them")
    parser.add_argument("--device", help="only those of these devices")
    parser.add_argument("--reason", help="only those whose reason has one of these texts")
    parser.add_argument("--function", help="whose events they are, where the messages of async do not tell")
    parser.add_argument("--limit", help="the most to move")
    parser.add_argument(
        "--dry-run", nargs="?", const="yes", help="list what would be moved, and move nothing: yes or no (no)"
    )
    return parser


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _checked(variables: MakeVariables, arguments: argparse.Namespace) -> int | None:
    """The limit, if there is one; all mistakes are told at once."""
    variables.one_of("env", deployed_names(ROOT))
    for name in _CHOICES:
        if getattr(arguments, name) is not None and not _several(getattr(arguments, name)):
            variables.refuse(name, f"it names none; leave {name.upper()} out to mean all")
    variables.one_of("queue", _QUEUES)
    limit = None if arguments.limit is None else variables.whole_number("limit", _MOST, "what SQS lets be held")
    variables.one_of("function", FUNCTIONS)
    if arguments.function and arguments.queue != ASYNC:
        variables.problems.append(
            "FUNCTION= goes with QUEUE=async alone: the ingestion queue's messages are the processor's"
        )
    if arguments.device and arguments.queue == ASYNC:
        variables.problems.append("DEVICE= does not go with QUEUE=async: an event may be of many devices")
    variables.refuse_problems()
    return limit


def _destination(operator: Operator, arguments: argparse.Namespace) -> Destination:
    if arguments.queue == INGESTION:
        return IngestionQueue(operator.access.sqs(), operator.output("IngestionQueueUrl"))
    names = {function: operator.output(output) for function, output in FUNCTIONS.items()}
    return FailedFunctions(operator.access.functions(), list(names.values()), names.get(arguments.function))


def _tell(moved: Moved, progress: Progress, *, dry_run: bool) -> None:
    done = f"{moved.chosen} would be moved; this was a dry run" if dry_run else f"{len(moved.new_ids)} moved back"
    progress.say(f"{len(moved.seen) - moved.returned} looked at, {done}")
    if moved.returned:
        progress.say(f"{moved.returned} of them are dead letters again: what is wrong is not mended yet")
    for letter, reason in moved.refused:
        progress.say(f"{letter.message_id} stays: it {reason}")


if __name__ == "__main__":
    sys.exit(run(main))
