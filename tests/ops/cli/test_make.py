"""make passes on what was typed, whatever is in it, and nothing of the user's own environment."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from generate.reading import environment_names
from ops.cli.application import application
from ops.project.paths import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+): \$\((?:PROJECT|DEVELOPMENT)\) ## ", MAKEFILE, re.MULTILINE)
PRINT = """printf '<%s>' "$@"; env -0 | tr '\\0' '\\1'"""
"""Of a stand-in for the command: its arguments, and its variables with a separator that no value has."""


def make(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # make, on this project
        ["make", *words],  # noqa: S607  # the make of whoever runs the tests
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )


def make_with(program: Path, script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run make with a script in place of the command."""
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return make(*words, f"RUN={program}", **variables)


def passed_on(shown: str) -> dict[str, str]:
    """The variables that the command reads, by the names that were typed."""
    variables = dict(entry.partition("=")[::2] for entry in shown.split("\1"))
    prefix = "IOT_PIPELINE_"
    return {name.removeprefix(prefix): value for name, value in variables.items() if name.startswith(prefix)}


def test_each_target_is_the_verb_of_its_name(tmp_path: Path) -> None:
    assert {*TARGETS} <= {*application().resolved_commands()}
    for target in TARGETS:
        done = make_with(tmp_path / "run", PRINT, target)
        assert f"<{target}>" in done.stdout, done.stderr


@pytest.mark.parametrize(("code", "seen"), [(0, 0), (3, 0), (1, 2), (130, 2)])
def test_make_drift_fails_only_where_it_could_not_find_out(code: int, seen: int, tmp_path: Path) -> None:
    assert make_with(tmp_path / "run", f"exit {code}", "drift", "ENV=dev").returncode == seen


@pytest.mark.parametrize("target", ["plan", "doctor", "send", "logs", "redrive", "package", "new", "unlock", "drift"])
@pytest.mark.parametrize("value", ["dev;id", "`id`", "it's", "a  b", "$(shell id)", "$HOME", "$$", "#1", '"'])
def test_make_passes_on_what_was_typed_and_expands_nothing(target: str, value: str, tmp_path: Path) -> None:
    run_by_mistake = tmp_path / "run-by-mistake"
    value = value.replace("$(shell id)", f"$(shell touch {run_by_mistake})")
    done = make_with(tmp_path / "run", PRINT, target, f"ENV={value}", "ID=1; id", "FROM=dev")

    typed = passed_on(done.stdout)
    assert (typed["ENV"], typed["ID"], typed["FROM"]) == (value, "1; id", "dev")
    assert f"<{target}>" in done.stdout
    assert done.stderr == ""
    assert not run_by_mistake.exists()


@pytest.mark.parametrize(
    "name",
    sorted({name for line in MAKEFILE.splitlines() if " ## " in line for name in re.findall(r"\b([A-Z_]+)=", line)}),
)
@pytest.mark.parametrize("value", ["", "-x", "it's $HOME  #1", "two\nlines", "\udcff"])
def test_make_passes_on_every_variable_whatever_is_in_it(name: str, value: str, tmp_path: Path) -> None:
    assert passed_on(make_with(tmp_path / "run", PRINT, "send", f"{name}={value}").stdout)[name] == value


def test_a_variable_of_the_users_environment_does_not_count(tmp_path: Path) -> None:
    theirs = {"ENV": "/etc/profile", "DATA": "x", "FILE": "x", "DEVICE": "x", "VERBS": "x"}
    done = make_with(tmp_path / "run", PRINT, "send", "LIMIT=5", **theirs)

    assert passed_on(done.stdout) == {"LIMIT": "5", "RUN": str(tmp_path / "run")}


def test_make_alone_shows_every_target() -> None:
    shown = make().stdout

    assert [name for name in [*TARGETS, "clean"] if f"\n  {name} " not in shown] == []


def test_every_option_that_make_shows_is_one_of_its_verb() -> None:
    for target, line in re.findall(r"^([a-z-]+): \$\(\w+\) ## (.*)$", MAKEFILE, re.MULTILINE):
        options = application()[target].assemble_argument_collection()
        known = {name.removeprefix("--").replace("-", "_").upper() for option in options for name in option.names}
        assert {*re.findall(r"\b([A-Z_]+)=", line)} - {"APPROVE"} <= known, target


@pytest.mark.parametrize("target", ["plan", "apply", "destroy", "drift", "outputs", "doctor", "new", "unlock"])
def test_a_missing_environment_is_answered_with_an_example_and_the_environments(target: str) -> None:
    done = make(target)

    assert done.returncode == 2
    assert f"error: ENV is missing. For example: make {target} ENV=" in done.stderr
    listed = done.stderr.rpartition("environments: ")[2].splitlines()[0]
    assert sorted(listed.split()) == sorted(environment_names(ROOT))


def test_an_empty_environment_is_refused_by_name() -> None:
    for target in ("plan", "send"):
        done = make(target, "ENV=")
        assert done.returncode == 2
        assert "error: ENV=: it is empty; leave it out, or give a value\n" in done.stderr


def test_an_environment_that_cannot_be_verified_is_named_in_one_sentence() -> None:
    done = make("verify", "ENV=nowhere")

    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("make"))
    assert line.startswith('error: Invalid value "nowhere" for ENV provided by make. There are: local, ')
    assert done.stdout == ""
