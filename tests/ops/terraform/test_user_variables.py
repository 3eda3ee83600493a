"""A user's own Terraform variables pass, are ignored and named, or are refused by name."""

import sys
from pathlib import Path
from typing import Any

import pytest

from ops.cli.command import main
from ops.deploy.deployment import Deployment
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.terraform.runner import Terraform
from ops.terraform.user_variables import passed_over, usable_variables

LOG = Path("/project/build/terraform/dev.log")


@pytest.mark.parametrize(
    ("given", "reaching", "reported"),
    [
        ({"TF_CLI_ARGS": "-input=false"}, {}, []),
        ({"TF_CLI_ARGS": "-no-color -input=false"}, {}, []),
        ({"TF_CLI_ARGS": "-lock=false"}, {}, ["TF_CLI_ARGS: -lock"]),
        ({"TF_CLI_ARGS": "-json -lock-timeout=1m"}, {}, ["TF_CLI_ARGS: -json, -lock-timeout"]),
        ({"TF_CLI_ARGS_plan": "-var 'x=a secret' -refresh=false"}, {}, ["TF_CLI_ARGS_plan: -var, -refresh"]),
        ({"TF_CLI_ARGS_show": "-json"}, {}, ["TF_CLI_ARGS_show: -json"]),
        ({"TF_CLI_ARGS": "--parallelism 4"}, {"plan": "-parallelism=4", "apply": "-parallelism=4"}, []),
        ({"TF_CLI_ARGS_plan": "-parallelism=3 -out=x"}, {"plan": "-parallelism=3"}, ["TF_CLI_ARGS_plan: -out"]),
        (
            {"TF_CLI_ARGS_init": "-upgrade -plugin-dir='/a b'"},
            {"init": "'-plugin-dir=/a b'"},
            ["TF_CLI_ARGS_init: -upgrade"],
        ),
        ({"TF_CLI_ARGS": "'"}, {}, []),
        ({"TF_VAR_packages": "elsewhere"}, {}, ["TF_VAR_packages: the packages built here are deployed"]),
        ({}, {}, []),
    ],
)
def test_arguments_reach_the_commands_that_know_them(
    given: dict[str, str], reaching: dict[str, str], reported: list[str]
) -> None:
    kept = {"TF_VAR_api_key": "k", "TF_VAR_mine": "1", "TF_INPUT": "0", "TF_PLUGIN_CACHE_DIR": "/c", "PATH": "/bin"}

    found = usable_variables({**kept, **given}, LOG)

    assert found == {**kept, **{f"TF_CLI_ARGS_{verb}": text for verb, text in reaching.items()}}
    lines = passed_over({**kept, **given})
    assert [line.removeprefix("passing over ").partition(" (run terraform")[0] for line in lines] == reported
    assert "secret" not in "".join(lines)


@pytest.mark.parametrize("name", ["TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER"])
def test_a_log_goes_to_a_file_and_not_to_the_output_that_the_commands_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert usable_variables({name: "debug"}, LOG) == {name: "debug", "TF_LOG_PATH": str(LOG)}
    assert usable_variables({name: "debug", "TF_LOG_PATH": "my.log"}, LOG)["TF_LOG_PATH"] == str(tmp_path / "my.log")


@pytest.mark.parametrize("workspace", ["default", ""])
def test_the_default_workspace_changes_nothing(workspace: str) -> None:
    assert usable_variables({"TF_WORKSPACE": workspace}, LOG) == {"TF_WORKSPACE": workspace}


def test_another_workspace_is_refused_by_name(progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "mine")

    with pytest.raises(OpsError, match=r"^TF_WORKSPACE=mine chooses another state .* unset TF_WORKSPACE"):
        Deployment(ROOT, "dev", progress).terraform()


def test_every_command_of_terraform_gets_only_what_it_knows(tmp_path: Path, progress: Progress) -> None:
    record = tmp_path / "record"
    binary = tmp_path / "terraform"
    binary.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"given = [value for name, value in os.environ.items() if name.startswith('TF_CLI_ARGS')]\n"
        f"open({str(record)!r}, 'a').write(sys.argv[1] + ' ' + ' '.join(given) + '\\n')\nprint('{{}}')\n"
    )
    binary.chmod(0o755)
    user = {"TF_CLI_ARGS": "-input=false", "TF_CLI_ARGS_output": "-raw", "TF_CLI_ARGS_apply": "-target=a"}
    terraform = Terraform(binary, tmp_path, tmp_path / "data", usable_variables(user, LOG), progress)

    terraform.init()
    terraform.save_plan(tmp_path / "plan")
    terraform.show_plan(tmp_path / "plan")
    terraform.apply()
    terraform.outputs()

    assert record.read_text().splitlines() == ["init ", "plan ", "show ", "apply ", "output "]


def test_an_ignored_variable_is_named_once_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"TF_CLI_ARGS": "-lock=false", "TF_LOG": "debug"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TF_LOG_PATH", raising=False)
    done: list[Any] = []
    monkeypatch.setattr("ops.deploy.changing.plan", done.append)

    assert main(["plan", "--env=dev"]) == 0

    said = capsys.readouterr().out
    assert "passing over TF_CLI_ARGS: -lock (run terraform itself to use it)" in said
    assert "Terraform's log goes to build/terraform/dev.log" in said
    assert len(done) == 1
