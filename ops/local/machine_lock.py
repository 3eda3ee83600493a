"""Lets one command at a time work on an embedded AWS."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from ops.local.layout import Layout
from ops.project.errors import EmbeddedError


@contextmanager
def exclusively(layout: Layout) -> Iterator[None]:
    """Hold the layout's lock; the system releases it however the process ends.

    Raises:
        EmbeddedError: Another command holds it.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    try:
        held = FileLock(layout.lock).acquire(blocking=False)
    except Timeout as error:
        commands = "make up, down, demo, or plan, apply ... with ENV=local"
        raise EmbeddedError(f"another of {commands} works in {layout.home}: wait for it, then try again") from error
    with held:
        yield
