"""Lets one command at a time change an embedded AWS.

Terraform inherits the lock from the command that starts it. So it is held as long as either of them lives: a command
that was killed does not let the next one in while its Terraform is still at work. Terraform's providers inherit it too,
and outlive a Terraform that was killed: where only they hold the lock, they are ended.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ops.local.holders import orphaned_providers
from ops.local.layout import Layout
from ops.project.errors import EmbeddedError
from ops.project.progress import Progress

_END_SECONDS: Final = 5.0


@contextmanager
def exclusively(layout: Layout, progress: Progress) -> Iterator[int]:
    """Hold the layout's lock; the system releases it however the process ends.

    Args:
        layout: What to lock.
        progress: Told of a provider that is ended because its Terraform is gone.

    Yields:
        The lock's file descriptor, for `share`.

    Raises:
        EmbeddedError: Another command holds it.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    with layout.lock.open("a+") as file:
        if not _take(file.fileno()):
            _end_orphans(layout, progress)
            if not _take(file.fileno()):
                commands = "make up, down, demo, or plan, apply ... with ENV=local"
                raise EmbeddedError(f"another of {commands} is at work in {layout.home}; wait for it, then try again")
        yield file.fileno()


def share(lock: int) -> None:
    """Let programs that are started from now on hold the lock too; the server, which stays, must not be among them."""
    os.set_inheritable(lock, True)  # noqa: FBT003  # os's signature


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_orphans(layout: Layout, progress: Progress) -> None:
    for provider in orphaned_providers(layout.lock):
        progress.say(f"ending process {provider.pid}, a Terraform provider whose Terraform was killed")
        provider.stop(_END_SECONDS)
