"""Loads the functions, and forks for each invocation: `python -m tests.proofs.nothing_lost.forked_invocations`.

Each input line is an invocation, and each output line its outcome. A forked process is like a new execution environment
of a function: it has cached nothing, and it can be killed without harm to the others.
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
from tests.proofs.nothing_lost.faults import Calls, Fault, InjectedFault

_FUNCTIONS: Final = {"ingestion": ingestion, "processor": processor}
_STEP_MILLISECONDS: Final = 1_000


class ExpiringContext(Context):
    """A Lambda context whose remaining time decreases with each look, so that retrying until it ends takes no time."""

    @override
    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # typed as static, as in Context
        """Return a second less each time."""
        self.remaining -= _STEP_MILLISECONDS
        return self.remaining


def main() -> None:
    """Invoke functions until the input ends."""
    outcomes = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the functions log there
    aws_clients = [clients.dynamodb(), clients.sqs(), clients.sns(), clients.ssm()]
    gc.freeze()  # or each child copies all of the memory at its first garbage collection
    for line in sys.stdin:
        print(json.dumps(_invoke_in_child(json.loads(line), aws_clients)), file=outcomes, flush=True)


def _invoke_in_child(invocation: dict[str, Any], aws_clients: list[Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as result:
            json.dump(_invoke(invocation, aws_clients), result)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as result:
        text = result.read()
    _, status = os.waitpid(child, 0)
    return {"killed": os.WIFSIGNALED(status), **(json.loads(text) if text else {})}


def _invoke(invocation: dict[str, Any], aws_clients: list[Any]) -> dict[str, Any]:
    function = _FUNCTIONS[invocation["function"]]
    seconds_ahead = timedelta(seconds=invocation["seconds_ahead"]) // timedelta(milliseconds=1)
    function.now = lambda: timestamps.now() + seconds_ahead  # type: ignore[attr-defined]  # imported by name there
    injected = invocation["injected"]
    fault = InjectedFault(Fault(injected["fault"]), injected["call"], injected["operation"]) if injected else None
    calls = Calls(aws_clients, fault)
    context = _context(60_000 if "Records" in invocation["event"] else 29_000, injected)
    result: dict[str, Any] = {}
    try:
        result["answer"] = function.lambda_handler(invocation["event"], context)
    except Exception as error:  # noqa: BLE001 - Lambda, too, reports any error and goes on
        result["error"] = f"{type(error).__name__}: {error}"
    return {**result, "operations": calls.operations, "faulted": calls.faulted}


def _context(remaining: int, injected: dict[str, Any] | None) -> Context:
    if injected is None or injected["call"] is not None:
        return Context(remaining)
    retrying.LONGEST_PAUSE_SECONDS = 0.001  # type: ignore[misc]  # this process ends with the invocation
    return ExpiringContext(remaining)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
