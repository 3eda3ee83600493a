"""What is waited for is shown: live on a terminal, a line every few seconds elsewhere."""

import os
import pty
import sys
import threading
from io import StringIO

import pytest

from ops.project import progress as module
from ops.project.progress import Progress


class Asked:
    """A status that knows when it has been asked for."""

    def __init__(self, text: str, times: int = 1) -> None:
        self._text = text
        self._left = times
        self.enough = threading.Event()

    def __call__(self) -> str:
        self._left -= 1
        if self._left <= 0:
            self.enough.set()
        return self._text


def shown_on_a_terminal(*statuses: Asked) -> str:
    """What a terminal gets while all of them are waited for, and a line is printed meanwhile."""
    terminal, end = pty.openpty()
    with os.fdopen(end, "w") as stream:
        progress = Progress(stream)
        with progress.waiting(statuses[0]), progress.waiting(statuses[-1]):
            for status in statuses:
                assert status.enough.wait(30)
            progress.say("a line [of] its own")
        progress.say("afterwards")
    text = b""
    while chunk := _read(terminal):
        text += chunk
    os.close(terminal)
    return text.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's word for the end
        return b""


def test_elsewhere_a_line_comes_every_few_seconds(
    progress: Progress, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    status = Asked("dev: 3 of 9 done", times=3)

    with progress.waiting(status):
        assert status.enough.wait(30)

    assert said.getvalue().startswith("[   0.0 s]   dev: 3 of 9 done\n[   0.0 s]   dev: 3 of 9 done\n")


def test_a_short_wait_prints_nothing_elsewhere(progress: Progress, said: StringIO) -> None:
    with progress.waiting(lambda: "soon"):
        pass

    assert said.getvalue() == ""


def test_a_terminal_shows_all_that_is_waited_for_and_keeps_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    text = shown_on_a_terminal(Asked("account: planning", times=2), Asked("dev: 3 of 9 done", times=2))

    assert "s  account: planning" in text
    assert "s  dev: 3 of 9 done" in text
    assert "a line [of] its own" in text
    assert text.rstrip().endswith("afterwards")
    assert text.rpartition("planning")[2].count("\x1b[2K") >= 2, "the display stays behind"


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)

    text = shown_on_a_terminal(Asked("dev: planning"))

    assert "\x1b" not in text
    assert "]   dev: planning" in text


def test_before_anything_is_installed_a_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    monkeypatch.setitem(sys.modules, "rich.console", None)

    text = shown_on_a_terminal(Asked("installing uv"))

    assert "\x1b" not in text
    assert "]   installing uv" in text
