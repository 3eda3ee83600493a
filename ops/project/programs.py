"""Runs a program and hands out its lines as they come; a signal ends both in good order."""

import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_running: set[subprocess.Popen[str]] = set()
"""Programs that end in their own good order when they are interrupted, each in a process group of its own."""


def run_lines(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    on_line: Callable[[str], None],
) -> int:
    """Run a program to its end.

    Interrupted, it waits for the program, which is interrupted once and ends in its own good order. The program has a
    process group of its own: Terraform takes a second signal, such as one to the whole group, for "at once".

    Args:
        command: The program and its arguments.
        environment: All of its environment variables.
        folder: Its working folder.
        on_line: Called with each line of its output and errors, without the line's end.

    Returns:
        The program's exit code.
    """
    program = subprocess.Popen(  # noqa: S603  # a program that this project found
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
    )
    with program, interrupted_too(program):
        try:
            _hand_out(program.stdout, on_line)
        except KeyboardInterrupt:
            _hand_out(program.stdout, on_line)  # a program blocks where its output is not read, and could not end
            raise
        return program.wait()


def _hand_out(stream: Iterable[str] | None, on_line: Callable[[str], None]) -> None:
    for line in stream or ():
        on_line(line.rstrip("\n"))


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
