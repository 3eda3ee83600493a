"""Ends a command and the programs that it runs in good order, whatever signal asks for it."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_running: set[subprocess.Popen[str]] = set()
"""Programs that end in their own good order when they are interrupted, each in a process group of its own."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGHUP do what Ctrl-C does: interrupt the programs that run, then this one.

    A signal that the caller's environment ignores, as `nohup` does, stays ignored. Only for the main thread.

    Raises:
        KeyboardInterrupt: A signal came.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupted_too(program: subprocess.Popen[str]) -> Iterator[None]:
    """Pass every signal on to a program while it runs."""
    _running.add(program)
    try:
        yield
    finally:
        _running.discard(program)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    for program in tuple(_running):
        program.send_signal(signal.SIGINT)
    raise KeyboardInterrupt
