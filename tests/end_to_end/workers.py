"""The processes in which the embedded AWS runs the functions: its children."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ops.embedded.process import PROCESSES, command_of

_PARENT_FIELD: Final = 1
"""Of /proc/<pid>/stat, counted from the one after the command's name (proc(5))."""


@dataclass(frozen=True)
class Worker:
    """A process that runs one function.

    Attributes:
        pid: Its number.
        command: Its command line; the function's name is in it.
    """

    pid: int
    command: str

    def kill(self) -> bool:
        """End it as a lost machine does.

        Returns:
            Whether it was still there; it may have ended by itself.
        """
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def workers_of(server: int, function: str) -> list[Worker]:
    """The processes that run a function now.

    Args:
        server: The number of the embedded AWS's process.
        function: The function's name.
    """
    found = [Worker(pid, " ".join(command_of(pid))) for pid in _children(server)]
    return [worker for worker in found if function in worker.command]


def _children(parent: int) -> Iterator[int]:
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[_PARENT_FIELD]) == parent:
                yield int(folder.name)
