"""Names the file where the operating system does not: a full disk is reported without one."""

from collections.abc import Iterator
from contextlib import contextmanager

from generate.errors import FileError


@contextmanager
def accessing(action: str, path: object) -> Iterator[None]:
    """Report what the operating system refuses within as our own error.

    Args:
        action: What is done to the file: `read`, `write` or `remove`.
        path: As the user knows it, relative to the project's folder.

    Raises:
        FileError: The operating system refused, for whatever reason.
    """
    try:
        yield
    except OSError as error:
        raise FileError(action, path, error) from error
