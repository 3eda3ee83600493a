"""Ends a command quietly when nobody reads its output any more, as `make ... | head` does; a full disk is reported."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

READER_GONE = 141
"""The exit code of a program that SIGPIPE ended, by the shells' convention: 128 and the signal's number."""
UNWRITTEN = 1


def until_unread(command: Callable[[], int]) -> int:
    """Run a command; where the reader of its output has gone, end without a word.

    Python leaves SIGPIPE ignored and raises instead, once more at exit for what is still to be written (Python's
    documentation of `signal`, "Note on SIGPIPE").

    Returns:
        The command's exit code; 141 where its output was not read to the end, 1 where it could not be written.

    Raises:
        OSError: Of a file that it names.
    """
    try:
        try:
            return command()
        finally:
            if sys.stdout is not None:  # None where the caller closed it (Python's documentation of `sys`)
                sys.stdout.flush()
    except BrokenPipeError:
        _discard(sys.stdout, sys.stderr)  # either may be the pipe
        return READER_GONE
    except OSError as error:
        if error.filename is not None:
            raise
        _discard(sys.stdout)
        sys.stderr.write(f"cannot write the output: {error.strerror}\n")
        return UNWRITTEN


def _discard(*streams: TextIO) -> None:
    """Let nothing of what is still to be written raise at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        with suppress(OSError):
            stream.flush()
        os.dup2(nowhere, stream.fileno())
