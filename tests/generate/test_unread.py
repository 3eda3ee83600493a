"""A command whose reader has gone ends quietly, as Unix programs do; everything else ends as it did."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from generate.__main__ import main
from generate.unread import READER_GONE, UNWRITTEN, until_unread
from ops.cli.running import run
from ops.project.errors import OpsError
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT

LONG = "x" * 100_000


@pytest.fixture
def unread() -> Iterator[TextIO]:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        yield stream


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "heard").open("w+") as stream:
        yield stream


@pytest.mark.parametrize("text", ["short", LONG])
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_it_ends_as_a_program_that_a_broken_pipe_ended(
    name: str, text: str, unread: TextIO, heard: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", heard)
    monkeypatch.setattr(sys, "stderr", heard)
    monkeypatch.setattr(sys, name, unread)

    def command() -> int:
        print(text, file=unread, flush=name == "stderr")
        return 0

    assert until_unread(command) == READER_GONE
    unread.flush()  # as Python does at its end: no error any more


def test_a_mistake_is_shown_although_the_output_is_not_read(
    unread: TextIO, heard: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", unread)
    monkeypatch.setattr(sys, "stderr", heard)

    def command() -> int:
        print("begun")
        raise OpsError("wrong")

    assert run(command) == READER_GONE
    assert Path(heard.name).read_text() == "error: wrong\n"


def test_what_is_read_ends_as_it_says() -> None:
    assert until_unread(lambda: 3) == 3
    with pytest.raises(SystemExit):
        until_unread(lambda: sys.exit(2))


def test_generate_does_not_take_it_for_a_file(unread: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(_: str) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(unread, "write", written, raising=False)
    monkeypatch.setattr(sys, "stdout", unread)

    with pytest.raises(BrokenPipeError):
        main(["schema"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_full_disk_under_the_output_is_reported_in_a_line(buffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "generate", "schema"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (UNWRITTEN, "cannot write the output: No space left on device\n")


def test_an_output_that_cannot_be_written_ends_the_command(
    heard: TextIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", heard)

    def command() -> int:
        raise OSError(28, "No space left on device")

    with (tmp_path / "output").open("w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        assert until_unread(command) == UNWRITTEN
    heard.flush()
    assert Path(heard.name).read_text() == "cannot write the output: No space left on device\n"


def test_a_file_that_is_named_is_the_commands_own_to_judge() -> None:
    def command() -> int:
        raise OSError(28, "No space left on device", "a file")

    with pytest.raises(OSError, match="a file"):
        until_unread(command)


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    "words",
    [
        ("generate", "schema"),
        ("ops.cli.command", "capacity", f"--env={EMBEDDED_ENVIRONMENT}", "--devices=1000", "--interval=60"),
        ("ops.cli.command", "status"),
        ("ops.cli.command", "load", "--help"),
        ("generate", "--help"),
    ],
)
def test_a_real_process_whose_reader_is_gone_says_nothing(words: tuple[str, ...], buffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(  # noqa: S603  # our own modules
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"},
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)

    # argparse itself passes over that its help cannot be written, if that shows at once.
    expected = (READER_GONE,) if buffered or "--help" not in words else (0, READER_GONE)
    assert done.stderr == ""
    assert done.returncode in expected
