"""What a measurement cannot be asked for is refused in words."""

import importlib
import sys
from argparse import ArgumentTypeError

import pytest

from bench.arguments import positive

ROUNDS = ("synthesis", "cold_start", "warm_path", "end_to_end")


@pytest.mark.parametrize(
    "command",
    [*((name, "--rounds", "0") for name in ROUNDS), ("calls", "--count", "this project", "--request", "0")],
    ids=lambda command: command[0],
)
def test_no_rounds_and_no_readings_are_refused(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [*command])

    with pytest.raises(SystemExit, match="2"):
        importlib.import_module(f"bench.{command[0]}").main()

    assert capsys.readouterr().err.endswith(f"argument {command[-2]}: '0' is not a whole number of at least 1\n")


@pytest.mark.parametrize("text", ["-1", "1.5", "two", "", "²"])
def test_what_is_no_positive_number_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is not a whole number of at least 1"):
        positive(text)


def test_a_positive_number() -> None:
    assert positive("21") == 21
