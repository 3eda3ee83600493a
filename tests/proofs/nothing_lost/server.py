"""A process in which moto answers over HTTP: `python -m tests.proofs.nothing_lost.server`.

It is not the tests' own, for there every line of moto would be counted for the coverage. Its first line of output is
its address; it ends with its input.
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
def started() -> Iterator[str]:
    """Start the process.

    Yields:
        Where it answers.
    """
    command = [sys.executable, "-m", "tests.proofs.nothing_lost.server"]
    process = subprocess.Popen(  # noqa: S603  # this interpreter
        command, cwd=ROOT, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "moto did not start: its last words are above"
        yield address


def main() -> None:
    """Answer until the input ends."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # or it tells of every request
    look_up = DomainDispatcherApplication.get_backend_for_host
    # Or it lists the folders of all of moto's services, twice for every request.
    DomainDispatcherApplication.get_backend_for_host = cache(look_up)  # type: ignore[method-assign]
    server = ThreadedMotoServer(_LOOPBACK, 0, verbose=False)
    server.start()
    gc.freeze()  # what is there by now stays: to look through it again and again takes longer than the requests
    print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
