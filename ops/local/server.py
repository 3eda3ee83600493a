"""The server's process: MiniStack under Hypercorn."""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import trustme
import urllib3

from ops.local.layout import HOST, Layout
from ops.local.record import change_record
from ops.local.variables import server_variables
from ops.project.errors import EmbeddedError

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_HEALTH_SECONDS: Final = 5.0
_LOG_LINES: Final = 15
_HOST_NAMES: Final = ("localhost", "*.execute-api.localhost", HOST, "::1")
"""In the server's certificate."""
_PROGRAM: Final = "hypercorn"
_BIND: Final = "--bind"
_APPLICATION: Final = f"{Path(__file__).parent / 'emulator' / 'corrected.py'}:app"


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        process: Its process.
        port: The port that it listens on.
    """

    process: psutil.Process
    port: int

    @property
    def endpoint(self) -> str:
        """Its address, the same for every service."""
        return f"https://{HOST}:{self.port}"


def find_server(layout: Layout) -> Server | None:
    """The running server, or None. It is known by its command line, which names its own certificate."""
    certificate = str(layout.certificate.resolve())
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or ()
        if _PROGRAM in command and certificate in command and _is_session_leader(process):
            return Server(process, int(command[command.index(_BIND) + 1].rpartition(":")[2]))
    return None


def start_server(layout: Layout, interpreter: Path, port: int, region: str, program: str) -> Server:
    """Start the server and wait until it answers.

    Args:
        layout: Its files.
        interpreter: The one of MiniStack's virtual environment.
        port: The port to listen on, at the loopback address only.
        region: Its region where a request names none.
        program: A digest of what it runs.

    Raises:
        EmbeddedError: It did not start; the message contains the end of its log.
    """
    shutil.rmtree(layout.temporary, ignore_errors=True)
    for folder in (layout.temporary, layout.services, layout.objects):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _ensure_certificate(layout)
    change_record(layout, port=port, program=program)
    pid = _spawn(layout, interpreter, port, server_variables(layout, port, region))
    server = Server(psutil.Process(pid), port)
    deadline = time.monotonic() + _START_SECONDS
    while not is_healthy(server, layout):
        ended, _ = psutil.wait_procs([server.process], _POLL_SECONDS)
        if ended:
            raise EmbeddedError(f"the embedded AWS ended while it started:\n{_end_of_log(layout)}")
        if time.monotonic() > deadline:
            end_process(server.process, 0)
            raise EmbeddedError(f"the embedded AWS did not answer for {_START_SECONDS:.0f} s:\n{_end_of_log(layout)}")
    return server


def stop_server(server: Server, layout: Layout) -> bool:
    """Stop the server so that it stores its state.

    Returns:
        Whether the state is stored. Where it is not, only S3's objects are left of it.
    """
    asked = int(time.time())
    ended = end_process(server.process, _STOP_SECONDS)
    shutil.rmtree(layout.temporary, ignore_errors=True)
    stored = ended and any(file.stat().st_mtime >= asked for file in layout.services.glob("*.json"))
    if stored:
        change_record(layout, program="")
    return stored


def is_healthy(server: Server, layout: Layout) -> bool:
    """Whether the server answers over TLS with the certificate made for it, and checks signatures."""
    try:
        with urllib3.PoolManager(ca_certs=str(layout.authority), timeout=_HEALTH_SECONDS, retries=False) as pool:
            answer = pool.request("GET", f"{server.endpoint}/_ministack/health").json()
    except (urllib3.exceptions.HTTPError, ValueError):
        return False
    return bool(answer.get("auth") == "enabled")


def end_process(process: psutil.Process, seconds: float) -> bool:
    """Ask a process to end, and kill it where it has not ended after some seconds.

    Returns:
        Whether it ended by itself.
    """
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    _, alive = psutil.wait_procs([process], seconds)
    if alive:
        process.kill()
        process.wait()
    return not alive


def _ensure_certificate(layout: Layout) -> None:
    """Make a certificate authority of this server alone, and a certificate of it with its key."""
    if layout.authority.is_file() and layout.certificate.is_file() and layout.key.is_file():
        return
    layout.certificates.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = trustme.CA()
    issued = authority.issue_cert(*_HOST_NAMES)
    layout.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(layout.key)
    layout.certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(layout.authority)


def _spawn(layout: Layout, interpreter: Path, port: int, variables: dict[str, str]) -> int:
    # Hypercorn itself, not MiniStack's own entry point: that one also takes port 443 where it can.
    command = [str(interpreter), "-m", _PROGRAM, "--workers", "0", "--keep-alive", "75", _BIND, f"{HOST}:{port}"]
    command += ["--certfile", str(layout.certificate.resolve()), "--keyfile", str(layout.key), _APPLICATION]
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(layout.log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(str(interpreter), command, variables, file_actions=actions, setsid=True)


def _is_session_leader(process: psutil.Process) -> bool:
    """Whether it leads a session, as the server does; its children have the same command line for a moment."""
    with suppress(OSError):  # it has ended
        return os.getsid(process.pid) == process.pid
    return False


def _end_of_log(layout: Layout) -> str:
    return "\n".join(layout.log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
