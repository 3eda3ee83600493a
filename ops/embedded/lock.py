"""Lets one command at a time change an embedded AWS."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from ops.embedded.errors import EmbeddedError
from ops.embedded.layout import Layout


@contextmanager
def exclusively(layout: Layout) -> Iterator[None]:
    """Hold the layout's lock; the system releases it however the process ends.

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
        yield
