"""Lets one command at a time change an embedded AWS.

Terraform inherits the lock from the command that starts it. So it is held as long as either of them lives: a command
that was killed does not let the next one in while its Terraform is still at work.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ops.embedded.errors import EmbeddedError
from ops.embedded.layout import Layout


@contextmanager
def exclusively(layout: Layout) -> Iterator[int]:
    """Hold the layout's lock; the system releases it however the process ends.

    Yields:
        The lock's file descriptor, for `share`.

    Raises:
        EmbeddedError: Another command holds it.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    with layout.lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another make up, down or demo is at work in {layout.home}; wait for it, then try again"
            raise EmbeddedError(message) from error
        yield file.fileno()


def share(lock: int) -> None:
    """Let programs that are started from now on hold the lock too; the server, which stays, must not be among them."""
    os.set_inheritable(lock, True)  # noqa: FBT003  # os's signature
