"""Invokes the functions, each invocation in its own process, which may be killed."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from ops.project.paths import ROOT
from tests.proofs.nothing_lost.faults import InjectedFault

Document = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The outcome of an invocation.

    Attributes:
        killed: Whether its process was.
        answer: What the function returned, if it did.
        error: What it raised, if it did.
        operations: The AWS calls that it made, in order; empty for a killed process.
        faulted: How many of them failed.
    """

    killed: bool
    answer: Document | None = None
    error: str | None = None
    operations: list[str] = field(default_factory=list)
    faulted: int = 0


@dataclass(frozen=True)
class FunctionProcess:
    """The process that invokes the functions."""

    process: subprocess.Popen[str]

    def invoke(
        self, function: str, event: Document, injected: InjectedFault | None = None, seconds_ahead: int = 0
    ) -> Outcome:
        """Invoke a function.

        Args:
            function: `ingestion` or `processor`.
            event: The event.
            injected: The fault to inject.
            seconds_ahead: By how many seconds its clock is ahead.
        """
        invocation = {
            "function": function,
            "event": event,
            "injected": asdict(injected) if injected else None,
            "seconds_ahead": seconds_ahead,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(invocation), file=self.process.stdin, flush=True)
        return Outcome(**json.loads(self.process.stdout.readline()))


@contextmanager
def start(variables: Mapping[str, str]) -> Iterator[FunctionProcess]:
    """Start the process that invokes the functions.

    Args:
        variables: Its environment.
    """
    command = [sys.executable, "-m", "tests.proofs.nothing_lost.forked_invocations"]
    process = subprocess.Popen(  # noqa: S603  # this interpreter
        command, cwd=ROOT, env=dict(variables), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield FunctionProcess(process)
