"""Invocations at the same time, of which one at a time goes on: from one AWS call to the next.

Who goes on is chosen from outside, and so is who dies: the same choices give the same run.
"""

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Semaphore, Thread
from typing import Any

from typing_extensions import override


class KilledError(BaseException):
    """The end of an invocation in the middle, which nothing in it may notice."""


class Invocation(Thread):
    """One of them.

    Attributes:
        calls: the operations that it called, in order.
        is_over: it will not go on.
        is_killed: it died.
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
        self._turn, self._rest = Semaphore(0), Semaphore(0)
        self.start()

    @override
    def run(self) -> None:
        self._turn.acquire()
        try:
            self.result = self._work(self)
        except KilledError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised where it can be seen
            self.error = error
        finally:
            self.is_over = True
            self._rest.release()

    def go_on(self, *, and_die: bool = False) -> None:
        """Make the call before which it rests, or begin, and come to the next call, or to the end.

        Raises:
            BaseException: what its work raised.
        """
        self.is_killed = and_die
        self._turn.release()
        self._rest.acquire()
        if self.error is not None:
            raise self.error

    def watched(self, client: object) -> Any:
        """Return a client before each call of which the invocation rests."""
        return _Watched(client, self)

    def rest(self, operation: str) -> None:
        """Let others go on before a call."""
        self._rest.release()
        self._turn.acquire()
        if self.is_killed:
            raise KilledError
        self.calls.append(operation)


class _Watched:
    def __init__(self, client: object, invocation: Invocation) -> None:
        self._client = client
        self._invocation = invocation

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation: Callable[..., Any] = getattr(self._client, name)

        @functools.wraps(operation)
        def call(**arguments: object) -> object:
            self._invocation.rest(name)
            return operation(**arguments)

        return call


@dataclass(frozen=True)
class Stretch:
    """Some turns of one invocation after another.

    Attributes:
        who: its place among the invocations.
        turns: how many; the first is its beginning. What it does not need is left out.
        dies: instead of another.
    """

    who: int
    turns: int
    dies: bool = False


def take_turns(works: Sequence[Callable[[Invocation], Any]], stretches: Sequence[Stretch]) -> list[Invocation]:
    """Carry out work at the same time.

    Args:
        works: what each invocation does.
        stretches: who goes on, and for how long; after that, each goes on to its end, one after another.

    Returns:
        The invocations, in the order of the works.
    """
    invocations = [Invocation(work) for work in works]
    last = [Stretch(who, sys.maxsize) for who in range(len(works))]
    for stretch in [*stretches, *last]:
        invocation = invocations[stretch.who % len(works)]
        for turn in range(stretch.turns + stretch.dies):
            if invocation.is_over:
                break
            invocation.go_on(and_die=turn == stretch.turns)
    return invocations
