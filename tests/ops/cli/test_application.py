"""The command line as a whole: its help, its exit codes, and what it imports."""

import json
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from ops.cli.application import GROUPS, USAGE, application
from ops.cli.command import main
from ops.deploy.deployment import Deployment
from ops.deploy.doctor import Finding
from ops.project.errors import OpsError
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.setup.environments import write_command
from ops.setup.installer import PINS
from ops.setup.pins import read_pins

VERBS = [verb.replace("_", "-") for verbs in GROUPS.values() for names in verbs.values() for verb in names.split()]


def python(text: str, *words: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-c", text, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_the_help_shows_every_verb_with_a_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0

    shown = capsys.readouterr().out
    lines = {
        line.strip(" │").partition(" ")[0]: line.strip(" │").partition(" ")[2].strip() for line in shown.splitlines()
    }
    assert [verb for verb in VERBS if len(lines[verb]) < 20] == []
    assert "Exit codes: 0 done; 1 failed or refused; 2 wrong usage; 3 drift found" in shown


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "generate"])
def test_the_help_of_a_verb_explains_each_option(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0

    shown = capsys.readouterr().out
    assert f"Usage: iot-pipeline {verb}" in shown
    options = [line.strip(" │*") for line in shown.splitlines() if line.startswith(("│ --", "│ *  --", "│    --"))]
    assert [line for line in options if len(line.split()) < 3] == []


def test_what_is_not_a_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aply"]) == USAGE
    assert 'error: Unknown command "aply". Did you mean "apply"?' in capsys.readouterr().err


@pytest.mark.parametrize("words", [["plan", "--env=dev", "more"], ["plan", "--env=dev", "--more"], ["up", "--env=dev"]])
def test_what_is_not_an_option_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == USAGE
    assert capsys.readouterr().err.startswith("error: Un")


@pytest.mark.parametrize(("drifted", "code"), [(True, 3), (False, 0)])
def test_drift_has_an_exit_code_of_its_own(drifted: bool, code: int, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001  # a parameter of the test
    monkeypatch.setattr("ops.deploy.changing.has_drifted", lambda _: drifted)

    assert main(["drift", "--env=dev"]) == code


def test_a_refusal_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise OpsError("not now")

    monkeypatch.setattr("ops.deploy.changing.plan", refuse)

    assert main(["plan", "--env=dev"]) == 1
    assert capsys.readouterr().err == "error: not now\n"


def test_an_interrupted_command_has_the_shells_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ops.deploy.changing.plan", interrupt)

    assert main(["plan", "--env=dev"]) == 130
    assert capsys.readouterr().err == "interrupted; run the same command again to go on\n"


def test_the_doctor_prints_its_findings_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [Finding(ok=True, text="a bucket"), Finding(ok=False, text="no role", fix="make one")]
    monkeypatch.setattr("ops.cli.deploying.examine", lambda *_: iter(findings))

    assert main(["doctor", f"--env={EMBEDDED_ENVIRONMENT}", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [asdict(finding) for finding in findings]


def test_outputs_are_printed_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = {"ApiEndpoint": "https://api.test", "Count": 3}
    monkeypatch.setattr(Deployment, "check_caller", lambda *_: "somebody")
    monkeypatch.setattr(Deployment, "refresh_outputs", lambda _: found)

    assert main(["outputs", "--env=dev", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == found
    assert "written to build/outputs/dev.json" in shown.err
    assert main(["outputs", "--env=dev"]) == 0
    assert capsys.readouterr().out.startswith("ApiEndpoint = https://api.test\nCount = 3\n")


def test_completion_knows_the_verbs_and_their_options() -> None:
    script = application().generate_completion(shell="bash")  # noqa: S604  # the name of a shell

    assert [verb for verb in VERBS if verb not in script] == []
    assert "--dry-run" in script


def test_the_help_needs_no_package_of_development() -> None:
    program = "import sys; from ops.cli.command import main; main(['--help']); print(); print(*sys.modules)"
    modules = {name.partition(".")[0] for name in python(program).splitlines()[-1].split()}
    ours = {pin.name for pin in read_pins(PINS / "project.txt")}
    others = {pin.name for pin in read_pins(PINS / "dev.txt")} - ours
    providers = {
        module: {canonicalize_name(name) for name in names} for module, names in packages_distributions().items()
    }

    assert [
        module for module in sorted(modules) if providers.get(module, set()) & (others - {"certifi"})
    ] == []  # botocore takes it where it is there


def test_generate_imports_neither_the_command_line_nor_aws() -> None:
    program = "import sys; from ops.cli.command import main; main(['generate', 'schema']); print(); print(*sys.modules)"
    modules = {name.partition(".")[0] for name in python(program).splitlines()[-1].split()}

    assert not modules & {"cyclopts", "rich", "boto3", "botocore"}


def test_the_program_of_a_checkout_runs_it_from_any_folder(tmp_path: Path) -> None:
    binaries = tmp_path / "a checkout" / ".venv" / "bin"
    binaries.mkdir(parents=True)
    for name in ("ops", "generate", "handlers", "pyproject.toml"):
        (tmp_path / "a checkout" / name).symlink_to(ROOT / name)
    (binaries / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (binaries / "python").chmod(0o755)
    write_command(tmp_path / "a checkout" / ".venv")

    done = subprocess.run(  # noqa: S603  # the program just written
        [binaries / "iot-pipeline", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("iot-pipeline ")
