"""Tells what an earlier server left behind, and mends it."""

import shutil

from ops.local.layout import Layout
from ops.local.ports import choose_port, is_free
from ops.local.server import Running, find_server, is_healthy, stop_server
from ops.project.errors import PortInUseError
from ops.project.progress import Progress


def healthy_server(layout: Layout, program: str, progress: Progress) -> Running | None:
    """The server that runs, answers and is of this version; any other is stopped.

    Args:
        layout: Where it keeps its things.
        program: A digest of what it should run.
        progress: Told what is mended.
    """
    running = find_server(layout)
    if running is None:
        return None
    if not is_healthy(running, layout):
        progress.say(f"the embedded AWS (process {running.process.pid}) does not answer: stopping it")
    elif running.program != program:
        progress.say(f"the embedded AWS (process {running.process.pid}) is of another version: restarting it")
    else:
        return running
    stop_server(running, layout)
    return None


def discard_lost_state(layout: Layout, progress: Progress) -> None:
    """Start afresh where a server ended without storing its state: Terraform's state then points at nothing."""
    if layout.unclean.exists():
        progress.say("the embedded AWS was not stopped in good order and has lost its state: starting afresh")
        shutil.rmtree(layout.state)
    layout.process.unlink(missing_ok=True)


def discard_killed_apply(layout: Layout, progress: Progress) -> None:
    """Start afresh where an apply was killed: what it made last is in no Terraform state, and the state is locked."""
    if not layout.applying.exists():
        return
    progress.say("an earlier run was killed while it applied, and what it made is half known: starting afresh")
    running = find_server(layout)
    if running:
        stop_server(running, layout)
    shutil.rmtree(layout.state)


def port_for(layout: Layout, progress: Progress) -> int:
    """The port to which the stored state is bound; a free one where there is no state.

    Queue addresses in Terraform's state and in the functions' variables hold the port.

    Raises:
        PortInUseError: Another program has taken the port meanwhile.
    """
    if not layout.port.is_file():
        port = choose_port(layout.home)
        layout.state.mkdir(parents=True, exist_ok=True)
        layout.port.write_text(str(port))
        return port
    port = int(layout.port.read_text())
    if is_free(port):
        return port
    if not layout.applied.is_file():
        progress.say(f"port {port} is used by another program: starting afresh on another")
        shutil.rmtree(layout.state)
        return port_for(layout, progress)
    raise PortInUseError(
        f"port {port}, to which the stored state is bound, is used by another program. Stop that program, or give up "
        "what is stored and start afresh on another port: make reset"
    )
