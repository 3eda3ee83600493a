"""The environment variables of the embedded AWS, of Terraform and of a user's shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.aws.access import Access, Keys
from ops.local.access_files import write_access
from ops.local.layout import Layout
from ops.local.record import inputs_digest
from ops.local.variables import isolated_variables, read_variables, server_variables, write_variables
from ops.project.errors import OpsError

REGION = "eu-central-1"
PROGRAM = "this version"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home")


def test_nothing_of_the_users_environment_reaches_the_server(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the user's")
    monkeypatch.setenv("SECRET_OF_THE_USER", "the user's")

    assert "the user's" not in server_variables(layout, 1, REGION).values()


def test_terraform_sees_neither_profiles_nor_endpoints_of_the_user() -> None:
    user = {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL_SQS": "https://x",
        "AWS_CA_BUNDLE": "y",
        "PATH": "/bin",
        "TF_LOG": "z",
    }

    given = isolated_variables(user)

    assert given["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_SQS", "AWS_CA_BUNDLE", "TF_LOG"} & set(given)
    assert given["AWS_CONFIG_FILE"] == os.devnull


def test_variables_are_read_back_as_a_shell_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "env"
    write_variables(path, {"A": "it's $HOME", "B": "2"}, "a heading")

    shell = f'. {path}; printf "%s" "$A|$B|${{AWS_PROFILE-unset}}"'
    done = subprocess.run(  # noqa: S603  # a line of this test
        ["/bin/sh", "-c", shell], env={"AWS_PROFILE": "work"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "it's $HOME|2|unset"
    assert read_variables(path) == {"A": "it's $HOME", "B": "2"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_sourced_file_overrides_the_shells_variables(layout: Layout, tmp_path: Path) -> None:
    configuration = tmp_path / "config"
    configuration.write_text("[default]\nignore_configured_endpoint_urls = true\n")
    services = ["apigateway", "cloudwatch", "dynamodb", "iam", "kms", "lambda", "logs", "s3", "sns", "sqs", "ssm"]
    names = [
        f"AWS_ENDPOINT_URL_{name}" for name in ("DYNAMODB", "S3", "SQS", "LAMBDA", "CLOUDWATCH_LOGS", "API_GATEWAY")
    ]
    had = dict.fromkeys(names, "https://elsewhere.test")
    had |= {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_CONFIG_FILE": str(configuration), "AWS_PROFILE": "work"}
    administrator = Access(REGION, "https://127.0.0.1:1", layout.authority, Keys("key", "secret"))
    layout.home.mkdir()
    write_access(layout, tmp_path / "envs" / "dev", administrator, administrator, {"ApiId": "a", "ApiStageName": "dev"})

    script = f"import boto3; print({{boto3.client(name).meta.endpoint_url for name in {services}}})"
    shell = f'. {layout.administrator_variables}; {sys.executable} -c "$SCRIPT"'
    done = subprocess.run(  # noqa: S603  # a line of this test
        ["/bin/sh", "-c", shell], env={**had, "SCRIPT": script}, capture_output=True, text=True, check=True
    )

    assert done.stdout == "{'https://127.0.0.1:1'}\n"


@pytest.fixture
def written(layout: Layout, tmp_path: Path) -> Layout:
    """The variables of an embedded AWS, written."""
    layout.home.mkdir()
    administrator = Access(REGION, "https://127.0.0.1:1", layout.authority, Keys("key", "secret"))
    outputs = {"ApiId": "a", "ApiStageName": "dev"}
    write_access(layout, tmp_path / "envs" / "dev", administrator, administrator, outputs)
    return layout


@pytest.mark.parametrize("shell", [["/bin/sh", "-euc"], ["bash", "-euc"]])
@pytest.mark.parametrize(
    ("had", "direct"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "corp.test"}, "127.0.0.1,localhost,corp.test"),
        ({"no_proxy": "corp.test"}, "127.0.0.1,localhost,corp.test"),
        ({"NO_PROXY": "a", "no_proxy": "b"}, "127.0.0.1,localhost,a"),
        ({"NO_PROXY": "127.0.0.10,10.127.0.0.1"}, "127.0.0.1,localhost,127.0.0.10,10.127.0.0.1"),
    ],
)
def test_loopback_is_behind_no_proxy_once_a_file_is_sourced(
    had: dict[str, str], direct: str, shell: list[str], written: Layout
) -> None:
    for path in (written.caller_variables, written.administrator_variables):
        script = f'. "{path}"; sh -c \'printf "%s|%s" "$NO_PROXY" "$no_proxy"\''
        done = subprocess.run(  # noqa: S603  # a line of this test
            [*shell, script], env={"PATH": os.environ["PATH"], **had}, capture_output=True, text=True, check=True
        )
        assert done.stdout.split("|") == [direct, direct]
        assert not {"NO_PROXY", "no_proxy"} & read_variables(path).keys()
    given = isolated_variables(had)
    assert (given["NO_PROXY"], given["no_proxy"]) == (direct, direct)


def test_the_administrators_file_is_enough_for_terraform(written: Layout) -> None:
    shown = '"$TF_VAR_packages" "${#TF_VAR_api_key}" "${TF_WORKSPACE-unset}"'
    script = f'. "{written.administrator_variables}"; printf "%s|%s|%s" {shown}'
    done = subprocess.run(  # noqa: S603  # a line of this test
        ["/bin/sh", "-c", script], env={"TF_WORKSPACE": "mine"}, capture_output=True, text=True, check=True
    )

    packages, length, workspace = done.stdout.split("|")
    assert packages == "../../home/packages"
    assert int(length) >= 20
    assert workspace == "unset"
    assert "TF_VAR" not in written.caller_variables.read_text()


def test_a_missing_file_of_variables_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match="make up writes it"):
        read_variables(tmp_path / "env")


def test_a_change_of_what_is_applied_changes_the_digest(tmp_path: Path) -> None:
    for name in ("modules/a/main.tf.json", "envs/dev/main.tf.json", "envs/prod/main.tf.json", "out/layer.zip"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "ops/setup/requirements").mkdir(parents=True)
    (tmp_path / "ops/setup/requirements/embedded.txt").touch()

    def digest() -> str:
        return inputs_digest(tmp_path, "dev", tmp_path / "out")

    before = digest()
    (tmp_path / "envs/prod/main.tf.json").write_text('{"another": 1}')
    assert digest() == before
    (tmp_path / "out/layer.zip").write_text("another")
    assert digest() != before
    before = digest()
    (tmp_path / "envs/dev/own.tf").write_text("# somebody's own, beside what is generated")
    assert digest() != before
