"""Processes known by more than their number, which the system gives to others later."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROCESSES: Final = Path("/proc")
_POLL_SECONDS: Final = 0.05
_ZOMBIE: Final = "Z"
_STATE_FIELD: Final = 0
_START_FIELD: Final = 19
"""Fields of /proc/<pid>/stat, counted from the one after the command's name (proc(5))."""


@dataclass(frozen=True)
class Process:
    """A process and when it began, which together name it for good.

    Attributes:
        pid: Its number.
        started: Its start as the system tells it; only good for a comparison.
    """

    pid: int
    started: str

    def is_alive(self) -> bool:
        """Whether it still runs; another process of the same number does not count."""
        return start_of(self.pid) == self.started

    def stop(self, patience: float) -> bool:
        """Ask it to end, and wait.

        Args:
            patience: Seconds until it is killed.

        Returns:
            Whether it ended by itself.
        """
        if not self.is_alive():
            return False
        os.kill(self.pid, signal.SIGTERM)
        if self._wait(patience):
            return True
        os.kill(self.pid, signal.SIGKILL)
        self._wait(patience)
        return False

    def _wait(self, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True


def find_process(pid: int) -> Process | None:
    """The running process of that number, or None."""
    started = start_of(pid)
    return Process(pid, started) if started else None


def start_of(pid: int) -> str | None:
    """When a process began, or None where it has ended."""
    _reap(pid)
    statistics = PROCESSES / str(pid) / "stat"
    if not (PROCESSES / "self" / "stat").exists():
        return _start_from_ps(pid)
    try:
        fields = statistics.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE_FIELD] == _ZOMBIE else fields[_START_FIELD]


def command_of(pid: int) -> list[str]:
    """A process's command line; empty where it has ended, and on systems without /proc."""
    try:
        return (PROCESSES / str(pid) / "cmdline").read_text(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def _start_from_ps(pid: int) -> str | None:
    """The same on systems without /proc."""
    done = subprocess.run(  # noqa: S603  # a fixed program
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = done.stdout.strip().partition(" ")
    return started.strip() if started and not state.startswith(_ZOMBIE) else None


def _reap(pid: int) -> None:
    """Take the exit code of an ended child, so that it does not linger."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # no child of this process
        return
