"""Lines that tell a person what happens and how long it has taken."""

import sys
import time
from collections.abc import Callable
from typing import TextIO


class Progress:
    """Prints lines with the seconds since it was made.

    Args:
        stream: Where the lines go; standard output by default.
        clock: Seconds, ever growing; a test gives its own.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._clock = clock
        self._start = clock()

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def say(self, text: str) -> None:
        """Print one line at once, so that a pipe shows it too."""
        print(f"[{self.elapsed():6.1f} s] {text}", file=self._stream, flush=True)
