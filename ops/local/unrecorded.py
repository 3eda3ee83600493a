"""Finds a server whose record was lost while it runs, by the folder that its command line names."""

import os
from typing import Final

from ops.local.layout import Layout
from ops.local.process import PROCESSES, Process, command_of, find_process

_PROGRAM: Final = "hypercorn"
_BIND: Final = "--bind"
_CERTIFICATE: Final = "--certfile"


def find_unrecorded(layout: Layout) -> tuple[Process, int] | None:
    """The server that runs with the certificate of this layout's own folder, and its port.

    Returns:
        None where there is none, and on systems without /proc.
    """
    for folder in PROCESSES.glob("[0-9]*"):
        pid = int(folder.name)
        command = command_of(pid)
        if _PROGRAM in command and _is_of(layout, pid, command):
            process = find_process(pid)
            return (process, int(_option(command, _BIND).rpartition(":")[2])) if process else None
    return None


def _is_of(layout: Layout, pid: int, command: list[str]) -> bool:
    try:
        # A process that it is about to turn into another program has the same command line, but leads no session.
        leads = os.getsid(pid) == pid
        named = (PROCESSES / str(pid) / "cwd").readlink() / _option(command, _CERTIFICATE)
    except OSError:  # it ended meanwhile, or is another user's
        return False
    return leads and named.resolve().parent == layout.certificates.resolve()


def _option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1] if name in command[:-1] else ""
