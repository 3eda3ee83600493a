"""Shows a person what happens and how long it has taken: a live display on a terminal, plain lines elsewhere."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

BEAT_SECONDS: Final = 5.0
"""Seconds between two lines about what is under way, where there is no live display."""

Status = Callable[[], str]
"""What is under way just now, in one line."""


class Progress:
    """Prints lines with the seconds since it was made, and shows what is waited for.

    Args:
        stream: Where the lines go; standard output by default.
        clock: A monotonic clock in seconds; a test gives its own.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._clock = clock
        self._start = clock()
        self._live: Live | None = None
        self._waiting: list[tuple[Status, float]] = []
        self._lock = threading.Lock()

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def say(self, text: str) -> None:
        """Print one line at once, so that a pipe shows it too."""
        line = f"[{self.elapsed():6.1f} s] {text}"
        with self._lock:
            if self._live:
                self._live.console.print(line, markup=False, highlight=False, soft_wrap=True)
            else:
                print(line, file=self._stream, flush=True)

    @contextmanager
    def waiting(self, status: Status) -> Iterator[None]:
        """Show what is under way as long as the context lasts: live on a terminal, else a line every few seconds.

        Several may wait at once, each from a thread of its own.

        Args:
            status: Asked again and again; it must answer at once.
        """
        entry = (status, self.elapsed())
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(status, ended), daemon=True)
        with self._lock:
            self._waiting.append(entry)
            self._live = self._live or _live_display(self._stream, self._rows)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            with self._lock:
                self._waiting.remove(entry)
                if self._live and not self._waiting:
                    self._live.stop()
                    self._live = None

    def _beat(self, status: Status, ended: threading.Event) -> None:
        while not ended.wait(BEAT_SECONDS):
            if self._live is None:
                self.say(f"  {status()}")

    def _rows(self) -> "RenderableType":
        """What is waited for, a row each, with the seconds that it has taken."""
        from rich.console import Group  # noqa: PLC0415 - a terminal alone needs it
        from rich.text import Text  # noqa: PLC0415

        now = self.elapsed()
        rows = [f"  {now - since:5.0f} s  {status()}" for status, since in tuple(self._waiting)]
        return Group(*(Text(row, style="dim", no_wrap=True, overflow="ellipsis") for row in rows))


def _live_display(stream: TextIO, rows: "Callable[[], RenderableType]") -> "Live | None":
    """A display that draws itself anew four times a second; None where the stream is not a terminal that can."""
    if not stream.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    with suppress(ImportError):  # the machine's own Python, before anything is installed
        from rich.console import Console  # noqa: PLC0415 - a terminal alone needs it
        from rich.live import Live  # noqa: PLC0415

        live = Live(console=Console(file=stream), get_renderable=rows, refresh_per_second=4, transient=True)
        live.start()
        return live
    return None
