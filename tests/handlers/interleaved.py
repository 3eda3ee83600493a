"""Invocations at the same time, of which one at a time runs: from one AWS call to the next.

The test chooses which one runs, and which one is killed: the same choices give the same run.
"""

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Semaphore, Thread
from typing import Any

from typing_extensions import override


class KilledError(BaseException):
    """Ends an invocation in the middle; no code of the invocation may catch it."""


class Invocation(Thread):
    """One of the invocations.

    Attributes:
        calls: the operations that it called, in order.
        is_over: its work has ended, or it was killed.
        is_killed: it was killed.
        result: what its work returned.
        error: what its work raised.
    """

    def __init__(self, work: Callable[["Invocation"], Any]) -> None:
        """Start, and wait for the first turn."""
        super().__init__(daemon=True)
        self.calls: list[str] = []
        self.is_over = self.is_killed = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._work = work
        self._may_run, self._is_waiting = Semaphore(0), Semaphore(0)
        self.start()

    @override
    def run(self) -> None:
        self._may_run.acquire()
        try:
            self.result = self._work(self)
        except KilledError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised in the test's thread, by `resume`
            self.error = error
        finally:
            self.is_over = True
            self._is_waiting.release()

    def resume(self, *, kill: bool = False) -> None:
        """Let it start, or make the call before which it waits, and run up to its next call or to its end.

        Raises:
            BaseException: what its work raised.
        """
        self.is_killed = kill
        self._may_run.release()
        self._is_waiting.acquire()
        if self.error is not None:
            raise self.error

    def watched(self, client: object) -> Any:
        """Return a client whose calls wait for a turn."""
        return _WatchedClient(client, self)

    def wait_for_turn(self, operation: str) -> None:
        """Let other invocations run before a call."""
        self._is_waiting.release()
        self._may_run.acquire()
        if self.is_killed:
            raise KilledError
        self.calls.append(operation)


class _WatchedClient:
    def __init__(self, client: object, invocation: Invocation) -> None:
        self._client = client
        self._invocation = invocation

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation: Callable[..., Any] = getattr(self._client, name)

        @functools.wraps(operation)
        def call(**arguments: object) -> object:
            self._invocation.wait_for_turn(name)
            return operation(**arguments)

        return call


@dataclass(frozen=True)
class Turns:
    """Consecutive turns of one invocation.

    Attributes:
        who: its index among the invocations.
        turns: how many; the first one starts it. Turns after its end are left out.
        dies: it is killed afterwards.
    """

    who: int
    turns: int
    dies: bool = False


def interleave(works: Sequence[Callable[[Invocation], Any]], order: Sequence[Turns]) -> list[Invocation]:
    """Run invocations at the same time.

    Args:
        works: what each invocation does.
        order: which one runs, and for how long; after that, each runs to its end, one after another.

    Returns:
        The invocations, in the order of the works.
    """
    invocations = [Invocation(work) for work in works]
    last = [Turns(who, sys.maxsize) for who in range(len(works))]
    for each in [*order, *last]:
        invocation = invocations[each.who % len(works)]
        for turn in range(each.turns + each.dies):
            if invocation.is_over:
                break
            invocation.resume(kill=turn == each.turns)
    return invocations
