"""Starts and stops the server, and tells which of the two it needs."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import urllib3

from ops.local.certificates import certificate_files
from ops.local.layout import Layout
from ops.local.ports import HOST
from ops.local.process import Process, find_process
from ops.local.unrecorded import find_unrecorded
from ops.local.variables import server_variables
from ops.project.errors import EmbeddedError

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_HEALTH_SECONDS: Final = 5.0
_UNKNOWN: Final = ""
"""The program of a server whose record was lost."""
_LOG_LINES: Final = 15
_APPLICATION: Final = f"{Path(__file__).parent / 'emulator' / 'corrected.py'}:app"


@dataclass(frozen=True)
class Running:
    """A server that runs.

    Attributes:
        process: Its process.
        port: Where it listens.
        program: A digest of what it runs.
    """

    process: Process
    port: int
    program: str

    @property
    def endpoint(self) -> str:
        """Its address, the same for every service."""
        return f"https://{HOST}:{self.port}"


def find_server(layout: Layout) -> Running | None:
    """The server that was started here and still runs, or None.

    One whose record was lost is found by its command line; what it runs is then unknown.
    """
    recorded = _recorded(layout)
    if recorded and recorded.process.is_alive():
        return recorded
    found = find_unrecorded(layout)
    return Running(*found, _UNKNOWN) if found else None


def start_server(layout: Layout, interpreter: Path, port: int, region: str, program: str) -> Running:
    """Start the server and wait until it answers.

    Args:
        layout: Where it keeps its things.
        interpreter: The one of MiniStack's virtual environment.
        port: Where it listens, on the loopback address only.
        region: Its region where a request names none.
        program: A digest of what it runs.

    Raises:
        EmbeddedError: It did not come up; the message shows its last words.
    """
    shutil.rmtree(layout.temporary, ignore_errors=True)
    for folder in (layout.temporary, layout.services, layout.objects):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    variables = server_variables(layout, port, region)
    layout.unclean.touch()
    process = find_process(_spawn(layout, interpreter, port, variables))
    if process is None:
        raise EmbeddedError(f"the embedded AWS ended at once:\n{last_words(layout)}")
    running = Running(process, port, program)
    record = {"pid": process.pid, "started": process.started, "port": port, "program": program}
    layout.process.write_text(json.dumps(record))
    _wait_until_healthy(running, layout)
    return running


def stop_server(running: Running, layout: Layout) -> bool:
    """Stop the server so that it stores its state.

    Args:
        running: The server.
        layout: Its files.

    Returns:
        Whether the state is stored whole. Where it is not, nothing but S3's objects is left.
    """
    asked = time.time()
    ended = running.process.stop(_STOP_SECONDS)
    layout.process.unlink(missing_ok=True)
    shutil.rmtree(layout.temporary, ignore_errors=True)
    stored = ended and any(file.stat().st_mtime >= int(asked) for file in layout.services.glob("*.json"))
    if stored:
        layout.unclean.unlink(missing_ok=True)
    return stored


def is_healthy(running: Running, layout: Layout) -> bool:
    """Whether the server answers over TLS with the certificate made for it, and checks signatures."""
    try:
        with urllib3.PoolManager(ca_certs=str(layout.authority), timeout=_HEALTH_SECONDS, retries=False) as pool:
            answer = pool.request("GET", f"{running.endpoint}/_ministack/health").json()
    except (urllib3.exceptions.HTTPError, ValueError):
        return False
    return bool(answer.get("auth") == "enabled")


def last_words(layout: Layout) -> str:
    """The end of the server's log."""
    try:
        return "\n".join(layout.log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
    except FileNotFoundError:
        return "(it wrote no log)"


def _recorded(layout: Layout) -> Running | None:
    try:
        record = json.loads(layout.process.read_text())
        return Running(Process(record["pid"], record["started"]), record["port"], record["program"])
    except (OSError, ValueError, KeyError):  # none was started, or the record is lost or torn
        return None


def _spawn(layout: Layout, interpreter: Path, port: int, variables: dict[str, str]) -> int:
    # Hypercorn itself, not MiniStack's own entry point: that one also takes port 443 where it can.
    certificate, key = certificate_files(layout)
    command = [str(interpreter), "-m", "hypercorn", "--workers", "0", "--bind", f"{HOST}:{port}"]
    command += ["--certfile", str(certificate), "--keyfile", str(key), "--keep-alive", "75", _APPLICATION]
    log = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(layout.log), log, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(str(interpreter), command, variables, file_actions=actions, setsid=True)


def _wait_until_healthy(running: Running, layout: Layout) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_healthy(running, layout):
        if not running.process.is_alive():
            raise EmbeddedError(f"the embedded AWS ended while it started:\n{last_words(layout)}")
        if time.monotonic() > deadline:
            running.process.stop(0)
            raise EmbeddedError(f"the embedded AWS did not answer for {_START_SECONDS:.0f} s:\n{last_words(layout)}")
        time.sleep(_POLL_SECONDS)
