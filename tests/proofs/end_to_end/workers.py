"""The processes in which the embedded AWS runs the functions: its children, which read events from their input."""

import fcntl
import os
import signal
import struct
import termios
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_PROCESSES: Final = Path("/proc")
_HELD_SECONDS: Final = 2.0
"""The longest that a process is held still: far from a function's timeout."""
_LOOK_SECONDS: Final = 0.01


@dataclass(frozen=True)
class Worker:
    """A process that runs one function.

    Attributes:
        pid: Its number.
        command: Its command line; the function's name is in it.
    """

    pid: int
    command: str

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal.

        Returns:
            Whether it was still there; it may have ended by itself.
        """
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def has_event(self) -> bool:
        """Whether an event waits in its input, which it has not yet taken."""
        try:
            file = os.open(_PROCESSES / str(self.pid) / "fd" / "0", os.O_RDONLY | os.O_NONBLOCK)
        except OSError:  # it ended
            return False
        try:
            (waiting,) = struct.unpack("i", fcntl.ioctl(file, termios.FIONREAD, bytes(4)))
        finally:
            os.close(file)
        return bool(waiting)

    def cpu_seconds(self) -> float:
        """The processor time that it has used (proc(5), schedstat: nanoseconds); endless once it has ended."""
        try:
            return int((_PROCESSES / str(self.pid) / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            return float("inf")


def kill_at_work(worker: Worker, cpu_seconds: float) -> bool:
    """Kill a function's process as a lost machine does, while it is inside an invocation.

    It is held still until an event waits in its input: that invocation has begun. Let go, it takes the event, works for
    a while and is killed.

    Args:
        worker: The process.
        cpu_seconds: Of processor time that it works after it has taken the event; 0 kills it with all still to do.

    Returns:
        Whether an event came: it may have been at work already, or others may have taken what came.
    """
    worker.send(signal.SIGSTOP)
    try:
        came = _await_event(worker)
    finally:
        worker.send(signal.SIGCONT)
    while came and worker.has_event():
        pass
    ends, work = time.monotonic() + _HELD_SECONDS, worker.cpu_seconds() + cpu_seconds
    while came and worker.cpu_seconds() < work and time.monotonic() < ends:
        pass
    return came and worker.send(signal.SIGKILL)


def _await_event(worker: Worker) -> bool:
    ends = time.monotonic() + _HELD_SECONDS
    while not worker.has_event():
        if time.monotonic() > ends:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def workers_of(server: int, function: str) -> list[Worker]:
    """The processes that run a function now.

    Args:
        server: The number of the embedded AWS's process.
        function: The function's name.
    """
    found = []
    for process in psutil.Process(server).children():
        with suppress(psutil.Error):  # it ended meanwhile
            found.append(Worker(process.pid, " ".join(process.cmdline())))
    return [worker for worker in found if function in worker.command]
