"""A signal ends a command and what it runs in good order, once, and as Ctrl-C does."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cli.running import INTERRUPTED, run
from ops.project.programs import run_lines

TERRAFORM = """
import signal, sys
signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
print("at work", flush=True)
first = signal.sigwait(signals)
open(sys.argv[1], "w").write(f"state written after {first.name}, then {signal.sigpending() or 'nothing'}")
"""


@pytest.fixture
def _heeded() -> Iterator[None]:
    """Let no signal be ignored because the tests run under `nohup`, or in a shell's background."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_heeded")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_a_program_write_its_state(
    number: signal.Signals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"

    def kill(_line: str) -> None:
        os.kill(os.getpid(), number)

    def command() -> int:
        return run_lines([sys.executable, "-c", TERRAFORM, str(state)], {}, tmp_path, kill)

    assert run(command) == INTERRUPTED
    assert state.read_text() == "state written after SIGINT, then nothing"
    assert "run the same command again" in capsys.readouterr().err


def test_a_program_is_not_in_the_group_that_a_terminal_signals(tmp_path: Path) -> None:
    lines: list[str] = []

    run_lines([sys.executable, "-c", "import os; print(os.getpgrp() == os.getpid())"], {}, tmp_path, lines.append)

    assert lines == ["True"]


def test_a_signal_that_is_ignored_stays_ignored_and_handlers_are_put_back() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run(lambda: int(signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN)) == 0
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
