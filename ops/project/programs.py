"""Runs a program and hands out its lines as they come."""

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ops.project.signals import interrupted_too


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
