"""Brings the server up, whatever an earlier command or server left."""

import random
import shutil
import socket
from pathlib import Path
from typing import Final

import psutil

from ops.local.layout import HOST, Layout
from ops.local.record import read_record
from ops.local.server import Server, end_process, find_server, is_healthy, start_server, stop_server
from ops.project.errors import PortInUseError
from ops.project.progress import Progress

_END_SECONDS: Final = 5.0
_PORTS: Final = range(20_000, 30_000)
"""Above the well-known ports, below those that systems assign to clients (from 32768)."""


def ensure_server(layout: Layout, interpreter: Path, region: str, program: str, progress: Progress) -> Server:
    """The server that runs, answers and is of this version; it is started or restarted where there is none.

    Args:
        layout: Its files.
        interpreter: The one of MiniStack's virtual environment.
        region: Its region where a request names none.
        program: A digest of what it runs.
        progress: Shows what happens.

    Raises:
        EmbeddedError: It does not start, or its port is used by another program.
    """
    server = find_server(layout)
    if server and (fault := _fault(server, layout, program)):
        progress.say(f"the embedded AWS (process {server.process.pid}) {fault}: stopping it")
        stop_server(server, layout)
        server = None
    if loss := _loss(layout, server):
        progress.say(f"{loss}: starting afresh")
        delete_state(layout)
        server = None
    if server is None:
        port = read_record(layout).port or choose_port()
        progress.say(f"starting the embedded AWS on port {port}")
        server = start_server(layout, interpreter, port, region, program)
    progress.say(f"the embedded AWS runs as process {server.process.pid} at {server.endpoint}")
    return server


def delete_state(layout: Layout) -> None:
    """Stop the server and delete what it has stored, and the files that lead to it.

    Terraform that still works on it is ended.
    """
    for process in psutil.process_iter(["environ"]):
        if str(layout.terraform) in (process.info["environ"] or {}).get("TF_DATA_DIR", ""):
            end_process(process, _END_SECONDS)
    server = find_server(layout)
    if server:
        stop_server(server, layout)
    shutil.rmtree(layout.state, ignore_errors=True)
    for file in (layout.caller_variables, layout.administrator_variables, layout.outputs):
        file.unlink(missing_ok=True)


def choose_port() -> int:
    """A free port, at random, so that two embedded AWS do not meet."""
    return next(filter(is_free, random.sample(_PORTS, len(_PORTS))))


def is_free(port: int) -> bool:
    """Whether a server could listen on a port of the loopback address now."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def _fault(server: Server, layout: Layout, program: str) -> str:
    """Why a server cannot be used; empty where it can."""
    if not is_healthy(server, layout):
        return "does not answer"
    return "" if read_record(layout).program == program else "is of another version"


def _loss(layout: Layout, server: Server | None) -> str:
    """Why the stored state cannot be used; empty where it can.

    Raises:
        PortInUseError: It can, once another program has released its port.
    """
    record = read_record(layout)
    if record.is_applying:  # its last resources are in no Terraform state, and the state is locked
        return "an earlier apply was killed, and what it made is not known"
    if server:
        return ""
    if record.program:  # Terraform's state points at nothing
        return "the embedded AWS was not stopped gracefully and has lost its state"
    if record.port and not is_free(record.port):
        raise PortInUseError(
            f"port {record.port}, which the stored state is bound to, is used by another program. Stop that "
            "program, or delete what is stored and start afresh on another port: make reset"
        )
    return ""
