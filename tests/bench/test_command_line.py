"""`python -m bench` refuses what it cannot measure."""

import sys

import pytest

from bench.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["latency"], "argument WHAT: invalid choice: 'latency' (choose from 'synthesis', 'cold_start',"),
        (["calls", "--rounds", "0"], "argument --rounds: invalid choice: 0"),
        (["calls", "--rounds", "-1"], "argument --rounds: invalid choice: -1"),
        (["calls", "--rounds", "1.5"], "argument --rounds: invalid int value: '1.5'"),
        (["calls", "--rounds", "two"], "argument --rounds: invalid int value: 'two'"),
        (["calls", "--rounds", ""], "argument --rounds: invalid int value: ''"),
    ],
    ids=str,
)
def test_unknown_measurements_and_rounds_are_refused(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])

    with pytest.raises(SystemExit, match="2"):
        main()

    assert message in capsys.readouterr().err
