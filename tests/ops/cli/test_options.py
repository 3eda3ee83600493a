"""The values of options: checked for all commands alike, before any call, and named as they were typed."""

from collections.abc import Iterator
from typing import get_args

import pytest
from cyclopts import ArgumentCollection

from ops.cli.application import USAGE, application
from ops.cli.command import main
from ops.cli.options import PREFIX
from ops.project.paths import ROOT, deployed_names

NUMBERS = {
    ("load", "devices"): 10_000,
    ("load", "seconds"): 3600,
    ("load", "batch"): 100,
    ("load", "clients"): 256,
    ("logs", "minutes"): 5_260_320,
    ("redrive", "limit"): 120_000,
}
CHOICES = {("redrive", "queue"), ("redrive", "function"), ("logs", "function")}
SWITCHES = {("redrive", "dry-run"), ("logs", "follow"), ("doctor", "json"), ("outputs", "json")}
TEXTS = {
    *(("send", name) for name in ("device", "data", "file")),
    *(
        ("query", name)
        for name in ("device", "day", "start", "end", "table", "order", "limit", "token", "interval", "statistics")
    ),
    *(("redrive", name) for name in ("id", "device", "reason")),
}
RUNNING = ("send", "query", "logs", "redrive", "load", "verify")
"""The verbs that use a running environment, and the embedded one where none is named."""
WRONG = ["", "x", "0", "-1", "-x", "--", "1.5", "1e3", " 1", "0x10", "1_0", "\u0661", "²", "9" * 9_000]


def error(verb: str, *words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command line that cannot be read prints."""
    required = ["--env=dev"] if verb in ("doctor", "outputs") else []
    assert main([verb, *required, *words]) == USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err.removeprefix("error: ").removesuffix("\n")


def verbs() -> Iterator[tuple[str, ArgumentCollection]]:
    """Every verb, and its options."""
    for name, app in application().resolved_commands().items():
        if not name.startswith("-"):
            yield name, app.assemble_argument_collection()


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(("verb", "name"), NUMBERS)
def test_a_value_that_is_not_a_number_is_refused_with_its_name(
    verb: str, name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = error(verb, f"--{name}={value}", capsys=capsys)

    if value in ("0", "-1"):
        assert text == f'Invalid value "{value}" for --{name}. Must be >= 1.'
    else:
        shown = value if len(value) <= 40 else f"{'9' * 40}..."
        why = "a whole number is needed" if value else "it is empty; leave it out, or give a value"
        assert text == f"--{name}={shown}: {why}"


@pytest.mark.parametrize(("verb", "name"), NUMBERS)
def test_a_number_above_the_maximum_is_refused(verb: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    maximum = NUMBERS[verb, name]
    text = error(verb, f"--{name}={maximum + 1}", capsys=capsys)

    assert text == f'Invalid value "{maximum + 1}" for --{name}. Must be <= {maximum}.'


@pytest.mark.parametrize(("verb", "name"), sorted(CHOICES))
def test_an_unknown_name_is_refused_with_the_known_ones(
    verb: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert error(verb, f"--{name}=x", capsys=capsys).startswith(f'Invalid value "x" for --{name}. Choose from: "')


@pytest.mark.parametrize("value", ["", "x", "on", "2", "-", "01", " yes"])
@pytest.mark.parametrize(("verb", "name"), sorted(SWITCHES))
def test_a_switch_is_on_or_off_or_refused(verb: str, name: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert error(verb, f"--{name}={value}", capsys=capsys) == (
        f'Invalid value for --{name}: unable to convert "{value}" into bool.'
    )


@pytest.mark.parametrize("value", ["", "  ", "\udcff"])
@pytest.mark.parametrize(("verb", "name"), sorted(TEXTS))
def test_an_empty_text_and_one_that_is_not_unicode_are_refused(
    verb: str, name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown, why = (
        (value, "it is empty; leave it out, or give a value") if not value.strip() else ("'\\udcff'", "it is not UTF-8")
    )

    assert error(verb, f"--{name}={value}", capsys=capsys) == f"--{name}={shown}: {why}"


@pytest.mark.parametrize("value", ["", "nowhere", "account"])
@pytest.mark.parametrize("verb", RUNNING)
def test_an_environment_that_does_not_exist_is_refused_with_those_that_do(
    verb: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = error(verb, f"--env={value}", capsys=capsys)

    if value:
        assert text == f'Invalid value "{value}" for --env. There are: {", ".join(deployed_names(ROOT))}.'
    else:
        assert text == "--env=: it is empty; leave it out, or give a value"


def test_all_values_that_cannot_be_read_are_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert error("load", "--devices=x", "--seconds=1.5", "--batch=-", "--clients=", capsys=capsys).splitlines() == [
        "--devices=x: a whole number is needed",
        "--seconds=1.5: a whole number is needed",
        "--batch=-: a whole number is needed",
        "--clients=: it is empty; leave it out, or give a value",
    ]


def test_every_option_is_among_these() -> None:
    found = {(verb, option.name.removeprefix("--"), option.hint) for verb, options in verbs() for option in options}
    kinds = {
        (verb, name): next((each for each in get_args(hint) if each is not type(None)), hint)
        for verb, name, hint in found
        if verb in {*RUNNING, "doctor", "outputs"} and name != "env"
    }

    assert {key for key, kind in kinds.items() if kind is int} == NUMBERS.keys()
    assert {key for key, kind in kinds.items() if kind is bool} == SWITCHES
    assert kinds.keys() - NUMBERS.keys() - SWITCHES == CHOICES | TEXTS


def test_a_variable_of_make_is_an_option_and_named_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}DEVICES", "x")
    monkeypatch.setenv(f"{PREFIX}SECONDS", "")
    assert error("load", capsys=capsys).splitlines() == [
        "DEVICES=x: a whole number is needed",
        "SECONDS=: it is empty; leave it out, or give a value",
    ]
    for name in ("DEVICES", "SECONDS"):
        monkeypatch.delenv(f"{PREFIX}{name}")
    monkeypatch.setenv(f"{PREFIX}DRY_RUN", "off")
    assert error("redrive", capsys=capsys) == 'Invalid value for DRY_RUN from make: unable to convert "off" into bool.'


def test_a_misspelt_variable_of_make_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}DRYRUN", "1")
    monkeypatch.setenv(f"{PREFIX}PYTHON", "python3")
    allowed = "DEVICE, DRY_RUN, ENV, FUNCTION, ID, LIMIT, QUEUE, REASON"

    assert error("redrive", capsys=capsys) == f"DRYRUN: not an option of this command; there are {allowed}"
    assert error("reset", capsys=capsys) == "DRYRUN: not an option of this command; it has none"


def test_an_option_wins_over_a_variable(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(f"{PREFIX}DEVICES", "x")

    assert error("load", "--devices=5", "--batch=0", capsys=capsys) == 'Invalid value "0" for --batch. Must be >= 1.'
