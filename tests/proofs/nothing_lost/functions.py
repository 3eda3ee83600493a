"""The functions, each invocation in a process of its own that may be killed."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from ops.project.paths import ROOT
from tests.proofs.nothing_lost.faults import Trouble

Document = dict[str, Any]


@dataclass(frozen=True)
class Ending:
    """How an invocation ended.

    Attributes:
        killed: Whether its process was.
        answer: What the function returned, if it did.
        error: What it raised, if it did.
        operations: The AWS calls that it made, in order; none are known of a process that was killed.
        struck: How many of them something happened to.
    """

    killed: bool
    answer: Document | None = None
    error: str | None = None
    operations: list[str] = field(default_factory=list)
    struck: int = 0


@dataclass(frozen=True)
class Functions:
    """What invokes them."""

    process: subprocess.Popen[str]

    def invoke(self, function: str, event: Document, trouble: Trouble | None = None, later: int = 0) -> Ending:
        """Invoke a function.

        Args:
            function: `ingestion` or `processor`.
            event: What it is given.
            trouble: What goes wrong.
            later: Seconds by which its clock is ahead.
        """
        invocation = {
            "function": function,
            "event": event,
            "trouble": asdict(trouble) if trouble else None,
            "later": later,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(invocation), file=self.process.stdin, flush=True)
        return Ending(**json.loads(self.process.stdout.readline()))


@contextmanager
def started(variables: Mapping[str, str]) -> Iterator[Functions]:
    """Start the process that invokes the functions.

    Args:
        variables: Its environment.
    """
    command = [sys.executable, "-m", "tests.proofs.nothing_lost.invocations"]
    process = subprocess.Popen(  # noqa: S603  # this interpreter
        command, cwd=ROOT, env=dict(variables), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield Functions(process)
