"""Ends a command quietly when nobody reads its output any more, as `make ... | head` does."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress

READER_GONE = 141
"""The exit code of a program that SIGPIPE ended, by the shells' convention: 128 and the signal's number."""


def until_unread(command: Callable[[], int]) -> int:
    """Run a command; where the reader of its output has gone, end without a word.

    Python leaves SIGPIPE ignored and raises instead, once more at exit for what is still to be written (Python's
    documentation of `signal`, "Note on SIGPIPE").

    Returns:
        The command's exit code; 141 where its output was not read to the end.
    """
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):  # either may be the pipe
            with suppress(BrokenPipeError):
                stream.flush()
            os.dup2(nowhere, stream.fileno())
        return READER_GONE
