"""The processes in which the embedded AWS runs functions: its children, which read events from standard input."""

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
_STOPPED_SECONDS: Final = 2.0
"""The longest that a process is stopped: far less than a function's timeout."""
_LOOK_SECONDS: Final = 0.01


@dataclass(frozen=True)
class FunctionProcess:
    """A process that runs one function.

    Attributes:
        pid: Its process id.
        command: Its command line, which contains the function's name.
    """

    pid: int
    command: str

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal.

        Returns:
            Whether it still existed; it may have ended by itself.
        """
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def has_event(self) -> bool:
        """Whether an event waits in its input, not read yet."""
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
        """The processor time that it has used (proc(5), schedstat: nanoseconds); infinite once it has ended."""
        try:
            return int((_PROCESSES / str(self.pid) / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            return float("inf")


def kill_during_invocation(process: FunctionProcess, cpu_seconds: float) -> bool:
    """Kill a function's process during an invocation, as the loss of a machine does.

    The process is stopped until an event waits in its input: the invocation has begun. Then it continues, reads the
    event, works for some time and is killed.

    Args:
        process: The process.
        cpu_seconds: The processor time that it works after reading the event; 0 kills it before any work.

    Returns:
        Whether it was killed: no event may have come, because it was busy or because other processes were faster.
    """
    process.send(signal.SIGSTOP)
    try:
        came = _await_event(process)
    finally:
        process.send(signal.SIGCONT)
    while came and process.has_event():
        pass
    ends, work = time.monotonic() + _STOPPED_SECONDS, process.cpu_seconds() + cpu_seconds
    while came and process.cpu_seconds() < work and time.monotonic() < ends:
        pass
    return came and process.send(signal.SIGKILL)


def _await_event(process: FunctionProcess) -> bool:
    ends = time.monotonic() + _STOPPED_SECONDS
    while not process.has_event():
        if time.monotonic() > ends:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def processes_of(server: int, function: str) -> list[FunctionProcess]:
    """The processes that run a function now.

    Args:
        server: The process id of the embedded AWS.
        function: The function's name.
    """
    found = []
    for process in psutil.Process(server).children():
        with suppress(psutil.Error):  # it ended meanwhile
            found.append(FunctionProcess(process.pid, " ".join(process.cmdline())))
    return [process for process in found if function in process.command]
