"""Numbers and names that are typed as variables of make: refused in our own words, all at once, before any call."""

import argparse
import re
from collections.abc import Callable

import pytest

from ops.cli.make_variables import MakeVariables
from ops.cli.running import run
from ops.operate import logs, query, redrive, send
from ops.operate.load import __main__ as load
from ops.project.errors import OpsError
from ops.project.paths import ROOT, deployed_names

Main = Callable[[list[str]], int]
NUMBERS: dict[str, tuple[Main, int]] = {
    "DEVICES": (load.main, 10_000),
    "SECONDS": (load.main, 3600),
    "BATCH": (load.main, 100),
    "CLIENTS": (load.main, 256),
    "MINUTES": (logs.main, 5_260_320),
    "LIMIT": (redrive.main, 120_000),
}
NAMES: dict[str, Main] = {"QUEUE": redrive.main}
SWITCHES: dict[str, Main] = {"DRY_RUN": redrive.main, "FOLLOW": logs.main}
COMMANDS: list[Main] = [load.main, logs.main, query.main, redrive.main, send.main]
ODD = ["", "x", "0", "-1", "-x", "--", "1.5", "1e3", " 1", "\u0661", "²", "9" * 9_000]


def flag(variable: str) -> str:
    return f"--{variable.lower().replace('_', '-')}"


def told(main: Main, words: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert run(lambda: main(words)) == 1
    return capsys.readouterr().err.removeprefix("error: ").splitlines()


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("variable", NUMBERS)
def test_what_is_no_number_is_told_with_what_is_allowed(
    variable: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main, most = NUMBERS[variable]
    (line,) = told(main, [f"{flag(variable)}={value}"], capsys)

    shown = value if len(value) <= 40 else f"{'9' * 40}..."
    assert line.startswith(f"{variable}={shown}: a whole number from 1 to {most}")


@pytest.mark.parametrize("variable", NUMBERS)
def test_one_beyond_the_most_is_too_many(variable: str, capsys: pytest.CaptureFixture[str]) -> None:
    main, most = NUMBERS[variable]
    (line,) = told(main, [f"{flag(variable)}={most + 1}"], capsys)

    assert line.startswith(f"{variable}={most + 1}: a whole number from 1 to {most}")


@pytest.mark.parametrize("variable", NAMES)
def test_an_unknown_name_is_told_with_those_there_are(variable: str, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = told(NAMES[variable], [f"{flag(variable)}=x"], capsys)

    assert line.startswith(f"{variable}=x: there are ")


@pytest.mark.parametrize("value", ["", "x", "on", "2", "-", "01", " yes"])
@pytest.mark.parametrize("variable", SWITCHES)
def test_a_switch_is_on_or_off_or_refused(variable: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(SWITCHES[variable], [f"{flag(variable)}={value}"], capsys) == [
        f"{variable}={value}: 1, true or yes turns it on; 0, false or no, or leaving it out, turns it off"
    ]


@pytest.mark.parametrize("value", ["", "nowhere", "account"])
@pytest.mark.parametrize("main", COMMANDS)
def test_an_environment_that_is_none_is_told_with_those_there_are(
    main: Main, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(main, [f"--env={value}"], capsys) == [f"ENV={value}: there are {', '.join(deployed_names(ROOT))}"]


def test_all_problems_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(load.main, ["--devices=x", "--seconds=0", "--batch=101", "--clients="], capsys) == [
        "DEVICES=x: a whole number from 1 to 10000",
        "SECONDS=0: a whole number from 1 to 3600",
        "BATCH=101: a whole number from 1 to 100",
        "CLIENTS=: a whole number from 1 to 256",
    ]
    assert told(logs.main, ["--minutes=x", "--function=x"], capsys) == [
        "MINUTES=x: a whole number from 1 to 5260320 (ten years)",
        "FUNCTION=x: there are ingestion, processor, query",
    ]


def test_what_is_allowed_is_read() -> None:
    given = {"least": "1", "most": "0", "name": "a", "left_out": None, "on": "True", "off": "no"}
    variables = MakeVariables(argparse.Namespace(**given))

    assert variables.whole_number("least", 1) == 1
    variables.one_of("name", ("a", "b"))
    variables.one_of("left_out", ("a", "b"))
    assert [variables.switch(name) for name in ("on", "off", "left_out")] == [True, False, False]
    assert [variables.text(name, "a text") for name in ("name", "left_out")] == ["a", None]
    variables.refuse_problems()
    assert variables.whole_number("most", 9) == 1
    with pytest.raises(OpsError, match=r"^MOST=0: a whole number from 1 to 9$"):
        variables.refuse_problems()


def test_every_number_of_these_commands_is_among_these() -> None:
    recipes = re.findall(r"ops\.operate\.(?:load|logs|redrive) (?:.*\\\n)*.*", (ROOT / "Makefile").read_text())
    handed_on = set(re.findall(r"\$\(call option,(\w+),", " ".join(recipes)))

    assert len(recipes) == 3
    assert handed_on - {"FUNCTION", "ID", "DEVICE", "REASON"} == NUMBERS.keys() | NAMES.keys() | SWITCHES.keys()
