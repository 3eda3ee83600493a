"""Runs moto as an HTTP server: `python -m tests.proofs.nothing_lost.moto_process`.

It is a process of its own because in the tests' process coverage would measure every line of moto. It prints its
address first, and ends when its input ends.
"""

import gc
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Final

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import ThreadedMotoServer

from ops.project.paths import ROOT

_LOOPBACK: Final = "127.0.0.1"


@contextmanager
def start() -> Iterator[str]:
    """Start the process.

    Yields:
        Its address.
    """
    command = [sys.executable, "-m", "tests.proofs.nothing_lost.moto_process"]
    process = subprocess.Popen(  # noqa: S603  # this interpreter
        command, cwd=ROOT, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "moto did not start: its output is above"
        yield address


def main() -> None:
    """Serve until the input ends."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # or it logs every request
    look_up = DomainDispatcherApplication.get_backend_for_host
    # Without the cache it lists the folders of all of moto's services twice for every request.
    DomainDispatcherApplication.get_backend_for_host = cache(look_up)  # type: ignore[method-assign]
    server = ThreadedMotoServer(_LOOPBACK, 0, verbose=False)
    server.start()
    gc.freeze()  # or garbage collections of moto's modules take longer than the requests
    print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
