"""Has the functions ready, and forks for each invocation: `python -m tests.proofs.nothing_lost.invocations`.

Each line of its input is an invocation, each line of its output tells how one ended. A forked process is a function's
fresh execution environment: nothing is cached in it, and it may die without harm to others.
"""

import gc
import json
import os
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from typing_extensions import override

from handlers import ingestion, processor
from handlers.aws import clients, retrying
from handlers.domain import timestamps
from tests.handlers.fakes import Context
from tests.proofs.nothing_lost.faults import Calls, Fault, Trouble

_FUNCTIONS: Final = {"ingestion": ingestion, "processor": processor}
_LOOK: Final = 1_000
"""Milliseconds."""


class HurryingContext(Context):
    """Lambda's context whose time runs out by being looked at, so that retrying for good takes no time."""

    @override
    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # typed as static, as in Context
        """A second less each time."""
        self.remaining -= _LOOK
        return self.remaining


def main() -> None:
    """Carry out invocations until the input ends."""
    endings = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the functions log there
    made = [clients.dynamodb(), clients.sqs(), clients.sns(), clients.ssm()]
    gc.freeze()  # or each child copies all of the memory when it first looks for garbage
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line), made)), file=endings, flush=True)


def _forked(invocation: dict[str, Any], made: list[Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as told:
            json.dump(_invoked(invocation, made), told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    _, status = os.waitpid(child, 0)
    return {"killed": os.WIFSIGNALED(status), **(json.loads(text) if text else {})}


def _invoked(invocation: dict[str, Any], made: list[Any]) -> dict[str, Any]:
    function = _FUNCTIONS[invocation["function"]]
    later = timedelta(seconds=invocation["later"]) // timedelta(milliseconds=1)
    function.now = lambda: timestamps.now() + later  # type: ignore[attr-defined]  # imported there by its name
    trouble = invocation["trouble"]
    calls = Calls(made, Trouble(Fault(trouble["fault"]), trouble["call"], trouble["operation"]) if trouble else None)
    context = _context(60_000 if "Records" in invocation["event"] else 29_000, trouble)
    told: dict[str, Any] = {}
    try:
        told["answer"] = function.lambda_handler(invocation["event"], context)
    except Exception as error:  # noqa: BLE001 - Lambda, too, tells of any error and goes on
        told["error"] = f"{type(error).__name__}: {error}"
    return {**told, "operations": calls.operations, "struck": calls.struck}


def _context(remaining: int, trouble: dict[str, Any] | None) -> Context:
    if trouble is None or trouble["call"] is not None:
        return Context(remaining)
    retrying.LONGEST_PAUSE_SECONDS = 0.001  # type: ignore[misc]  # in this process, which ends with the invocation
    return HurryingContext(remaining)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
