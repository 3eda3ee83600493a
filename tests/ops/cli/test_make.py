"""make hands on what was typed, and tells what is missing before anything is installed."""

import re
import subprocess
from pathlib import Path

import pytest

from generate.reading import environment_names
from ops.project.paths import ROOT


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # make, on this project
        ["make", *words],  # noqa: S607  # the make of whoever runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def make_with(program: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return make(*words, f"RUN={program}")


def test_an_environment_that_cannot_be_verified_is_told_in_one_sentence() -> None:
    done = make("verify", "ENV=nowhere")

    assert done.returncode != 0
    assert "there is no environment 'nowhere' under envs/" in done.stderr
    told = [line for line in done.stderr.splitlines() if line and not line.startswith("make")]
    assert [line.partition(" ")[0] for line in told] == ["ERROR:"]
    assert "test_" not in done.stdout


@pytest.mark.parametrize(("code", "seen"), [(0, 0), (3, 0), (1, 2), (130, 2)])
def test_make_drift_fails_only_where_it_could_not_find_out(code: int, seen: int, tmp_path: Path) -> None:
    assert make_with(tmp_path / "run", f"exit {code}", "drift", "ENV=dev").returncode == seen


@pytest.mark.parametrize("target", ["plan", "doctor", "send", "logs", "redrive", "package", "new", "unlock"])
@pytest.mark.parametrize("value", ["dev;id", "`id`", "it's", "a  b", "$(shell id)", "$HOME"])
def test_make_hands_on_what_was_typed_as_one_word(target: str, value: str, tmp_path: Path) -> None:
    done = make_with(tmp_path / "run", 'printf "<%s>" "$@"', target, f"ENV={value}", "ID=1; id", "FROM=dev")

    assert re.search(rf"[<=]{re.escape(value)}>", done.stdout)
    assert "uid=" not in done.stdout + done.stderr
    assert target not in ("unlock", "redrive") or "<--id=1; id>" in done.stdout


def optional_variables() -> list[tuple[str, str]]:
    """Every variable that a target takes beside ENV, by the Makefile."""
    recipes = re.findall(r"^([a-z-]+): .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return [(target, name) for target, recipe in recipes for name in re.findall(r"call option,(\w+),", recipe)]


@pytest.mark.parametrize(("target", "name"), optional_variables())
@pytest.mark.parametrize("value", ["", "-x", "it's $HOME  #1", "two\nlines"])
def test_make_hands_on_every_variable_whatever_is_in_it(target: str, name: str, value: str, tmp_path: Path) -> None:
    done = make_with(tmp_path / "run", 'printf "<%s>" "$@"', target, "ENV=dev", f"{name}={value}")

    assert re.search(rf"<--[a-z-]+={re.escape(value)}>", done.stdout)
    assert done.stdout.count("=") == (value.count("=") + 1) + ("<--env=dev>" in done.stdout)


@pytest.mark.parametrize("target", ["send", "query", "logs", "redrive", "load"])
def test_an_empty_environment_is_not_the_embedded_one(target: str, tmp_path: Path) -> None:
    assert "<--env=>" in make_with(tmp_path / "run", 'printf "<%s>" "$@"', target, "ENV=").stdout
    assert "<--env=local>" in make_with(tmp_path / "run", 'printf "<%s>" "$@"', target).stdout


def test_an_empty_environment_is_told_where_one_is_needed() -> None:
    done = make("plan", "ENV=")

    assert done.returncode == 2
    assert "error: ENV is empty. For example: make plan ENV=dev" in done.stderr


def test_make_alone_shows_every_target() -> None:
    shown = make().stdout
    targets = (
        "demo up down test check generate plan apply destroy outputs drift scan new send query redrive logs doctor"
    )

    assert not [name for name in targets.split() if f"\n  {name} " not in shown]


@pytest.mark.parametrize("target", ["plan", "apply", "destroy", "drift", "outputs", "doctor", "new", "unlock"])
def test_a_missing_argument_is_answered_with_an_example_and_the_environments(target: str) -> None:
    done = make(target)

    assert done.returncode == 2
    assert f"error: ENV is missing. For example: make {target} ENV=" in done.stderr
    listed = done.stderr.rpartition("environments: ")[2].splitlines()[0]
    assert sorted(listed.split()) == sorted(environment_names(ROOT))


@pytest.mark.parametrize("target", ["doctor", "plan", "capacity", "package"])
def test_a_missing_argument_is_told_before_anything_is_installed(target: str, tmp_path: Path) -> None:
    done = make(target, f"INSTALLED={tmp_path}/installed", "PYTHON=false", f"RUN={tmp_path}/python")

    assert done.returncode == 2
    assert "error: ENV is missing" in done.stderr
    assert "installing" not in done.stdout
