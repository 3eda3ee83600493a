"""Runs a program and hands out its lines as they come, with a beat while none come."""

import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from ops.interruption import interrupted_too

BEAT_SECONDS: Final = 5.0
"""How long a person may be left without a word."""


def run_lines(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    on_line: Callable[[str], None],
    on_beat: Callable[[], None],
) -> int:
    """Run a program to its end.

    Interrupted, it waits for the program, which is interrupted once and ends in its own good order. The program has a
    process group of its own: Terraform takes a second signal, such as one to the whole group, for "at once".
    The program inherits the file descriptors that are marked for it, such as a lock that it shares.

    Args:
        command: The program and its arguments.
        environment: All of its environment variables.
        folder: Its working folder.
        on_line: Called with each line of its output and errors, without the line's end.
        on_beat: Called every few seconds until it ends.

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
        close_fds=False,
        process_group=0,
    )
    with program, interrupted_too(program):
        _pump(program.stdout, on_line, on_beat)
        return program.wait()


def _pump(stream: IO[str] | None, on_line: Callable[[str], None], on_beat: Callable[[], None]) -> None:
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stream or ():
            lines.put(line.rstrip("\n"))
        lines.put(None)

    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(BEAT_SECONDS):
            on_beat()

    threads = [threading.Thread(target=target, daemon=True) for target in (read, beat)]
    for thread in threads:
        thread.start()
    try:
        while (line := lines.get()) is not None:
            on_line(line)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
