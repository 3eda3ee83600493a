"""What operating commands share: environments, credentials and checks; each error says what to do."""

import socket
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError, ProfileNotFound

from generate.reading import environment_names
from ops.aws.access import Access, Keys
from ops.checks.checks import Check, checks, run_checks
from ops.cli.running import run
from ops.local.access_files import write_access
from ops.local.layout import default_layout
from ops.operate.callers import find_api, find_operator
from ops.project.errors import OpsError
from ops.project.paths import ACCOUNT, ROOT, embedded_environment, find_environment
from ops.project.progress import Progress
from ops.setup.pinning import lock_command


def test_an_unknown_environment_is_answered_with_those_there_are() -> None:
    known = ", ".join(sorted(environment_names(ROOT)))

    with pytest.raises(OpsError, match=f"no environment 'nope' under envs/; there are: {known}$"):
        find_environment(ROOT, "nope")


@pytest.mark.parametrize(
    ("names", "chosen"), [(["qa", "dev"], "dev"), (["qa", "production"], "production"), ([], "dev")]
)
def test_the_embedded_aws_takes_dev_or_the_first_environment(names: list[str], chosen: str, tmp_path: Path) -> None:
    for name in (*names, ACCOUNT):
        (tmp_path / "envs" / name).mkdir(parents=True)
        (tmp_path / "envs" / name / "settings.toml").touch()

    assert embedded_environment(tmp_path) == chosen


def test_local_commands_before_the_first_up_say_what_to_do(tmp_path: Path, progress: Progress) -> None:
    with pytest.raises(OpsError, match="make up writes it"):
        find_api(tmp_path, "local", progress)
    with pytest.raises(OpsError, match="make up writes it"):
        find_operator(tmp_path, "local", progress)


@pytest.mark.parametrize("find", [find_api, find_operator])
def test_an_embedded_aws_that_is_down_is_reported_before_any_call(
    find: Any, tmp_path: Path, progress: Progress
) -> None:
    layout = default_layout(tmp_path)
    layout.home.mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        down = Access("us-east-1", f"https://127.0.0.1:{free.getsockname()[1]}", tmp_path / "ca", Keys("a", "b"))
        write_access(layout, tmp_path, down, down, {"ApiId": "id", "ApiStageName": "dev"})

        with pytest.raises(OpsError, match=r"^the embedded AWS does not run at https://[\d.:]+: make up starts it$"):
            find(tmp_path, "local", progress)


@pytest.mark.parametrize("error", [NoCredentialsError(), ProfileNotFound(profile="gone")])
def test_missing_credentials_are_reported_with_what_to_do(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        raise error

    assert run(command) == 1
    expected = f"error: no usable AWS credentials: {error}. Log in (aws sso login), or set AWS_PROFILE\n"
    assert capsys.readouterr().err == expected


def test_every_check_runs_although_one_failed(progress: Progress, said: StringIO) -> None:
    def broken() -> bool:
        raise OpsError("no tool")

    code = run_checks([Check("a", broken), Check("b", lambda: False), Check("c", lambda: True)], progress)

    assert code == 1
    assert said.getvalue().splitlines()[-1].endswith("failed: a, b")


def test_the_command_that_fixes_a_failed_check_is_shown(progress: Progress, said: StringIO) -> None:
    chosen = [Check("a", lambda: False, "make a"), Check("b", lambda: True, "make b"), Check("c", lambda: False)]

    assert run_checks(chosen, progress) == 1
    assert [line.partition("] ")[2] for line in said.getvalue().splitlines()][-2:] == [
        "to fix a: make a",
        "failed: a, c",
    ]


def test_what_a_command_can_fix_names_it(progress: Progress) -> None:
    fixes = {check.name: check.fix for check in checks(ROOT, progress)}

    assert "-m ruff check --fix bench generate handlers ops tests" in fixes["lint"]
    assert fixes["format"].endswith("-m ruff format bench generate handlers ops tests")
    assert fixes["generated files"] == "make generate"


def test_the_layer_leaves_out_what_the_runtime_brings() -> None:
    assert "--no-emit-package=botocore" in lock_command("uv", Path("layer.txt"), [])
    assert "--no-emit-package=botocore" not in lock_command("uv", Path("dev.txt"), [])
