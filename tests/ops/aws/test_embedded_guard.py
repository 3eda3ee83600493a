"""A command for AWS refuses the embedded AWS's variables, and checks credentials before anything else."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from ops.aws.access import Access, Keys
from ops.aws.embedded_guard import refuse_embedded
from ops.cli.command import main
from ops.deploy.deployment import Deployment
from ops.local.access_files import write_access
from ops.local.layout import Layout, default_layout
from ops.project.errors import OpsError
from ops.project.paths import EMBEDDED_ENVIRONMENT
from ops.project.progress import Progress
from tests.support.sample import write_settings

OUTPUTS = {"ApiId": "a", "ApiStageName": "dev"}
ON_AN_ENVIRONMENT = (
    *("send", "query", "logs", "redrive", "load"),
    *("plan", "apply", "destroy", "drift", "outputs", "unlock"),
)
COMMANDS = {name: [name, f"--env={EMBEDDED_ENVIRONMENT}"] for name in ON_AN_ENVIRONMENT} | {"bootstrap": ["bootstrap"]}


@pytest.fixture(autouse=True)
def _unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no protection of the tables end a destroy before its credentials are checked."""
    settings = SimpleNamespace(data=SimpleNamespace(deletion_protection=False))
    monkeypatch.setattr("ops.deploy.changing.find_environment", lambda *_: settings)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An embedded AWS whose variables were written."""
    layout = default_layout(tmp_path)
    layout.home.mkdir(parents=True)
    administrator = Access("us-east-1", "https://127.0.0.1:1", layout.authority, Keys("LOCALADMIN", "secret"))
    caller = Access("us-east-1", "https://127.0.0.1:1", layout.authority, Keys("LOCALCALLER", "secret"))
    write_access(layout, tmp_path / "envs" / "dev", administrator, caller, OUTPUTS)
    return layout


@pytest.mark.parametrize(
    ("user", "named"),
    [
        ({"AWS_ENDPOINT_URL": "https://127.0.0.1:20001"}, "AWS_ENDPOINT_URL=https://127.0.0.1:20001 leads to another"),
        ({"AWS_ENDPOINT_URL": "https://localstack.test"}, "AWS_ENDPOINT_URL=https://localstack.test leads to another"),
        ({"AWS_ENDPOINT_URL_S3": "http://localhost:4566"}, "AWS_ENDPOINT_URL_S3=http://localhost:4566 leads to this"),
        ({"AWS_ENDPOINT_URL_SQS": "http://[::1]:4566"}, "AWS_ENDPOINT_URL_SQS=http://[::1]:4566 leads to this"),
        ({"AWS_ACCESS_KEY_ID": "LOCALADMIN"}, "AWS_ACCESS_KEY_ID is a key of the embedded AWS"),
        ({"AWS_ACCESS_KEY_ID": "LOCALCALLER"}, "AWS_ACCESS_KEY_ID is a key of the embedded AWS"),
        ({"API_ENDPOINT": "https://127.0.0.1:1/restapis/a/dev/_user_request_"}, "API_ENDPOINT=https://127.0.0.1:1/"),
    ],
)
def test_variables_that_lead_to_the_embedded_aws_are_refused_by_name(
    user: dict[str, str], named: str, layout: Layout, tmp_path: Path
) -> None:
    with pytest.raises(OpsError) as refused:
        refuse_embedded(tmp_path, "dev", user)

    text = str(refused.value)
    assert text.startswith(named)
    assert "dev is on AWS. For the embedded AWS: ENV=local. For AWS: a shell that has not sourced" in text
    assert text.endswith(f"or unset {next(iter(user))}")
    assert "\n" not in text
    assert layout.administrator_variables.is_file()


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"AWS_ENDPOINT_URL": ""},
        {"AWS_ENDPOINT_URL_S3": "https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com"},
        {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "API_ENDPOINT": "https://readings.example.test"},
    ],
)
@pytest.mark.usefixtures("layout")
def test_variables_of_aws_pass(user: dict[str, str], tmp_path: Path) -> None:
    refuse_embedded(tmp_path, "dev", user)
    refuse_embedded(tmp_path / "never brought up", "dev", user)


@pytest.mark.parametrize("name", [*COMMANDS, "doctor"])
def test_no_command_for_aws_runs_with_the_variables_of_the_embedded_one(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    monkeypatch.setattr("ops.cli.deploying.examine", lambda *_: pytest.fail("it went on"))

    assert main(COMMANDS.get(name, [name, f"--env={EMBEDDED_ENVIRONMENT}"])) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: AWS_ENDPOINT_URL=https://127.0.0.1:9 leads to another address than AWS's, and ")


def test_outputs_are_neither_read_nor_written_with_the_variables_of_the_embedded_one(
    layout: Layout, tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "LOCALADMIN")
    write_settings(tmp_path)
    deployment = Deployment(tmp_path, "dev", progress)
    deployment.record({"A": "of AWS"})

    with pytest.raises(OpsError, match="AWS_ACCESS_KEY_ID is a key of the embedded AWS"):
        deployment.refresh_outputs()

    assert deployment.outputs_file.read_text() == '{\n  "A": "of AWS"\n}\n'
    assert layout.outputs != deployment.outputs_file


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("terraform", "outputs"):
        monkeypatch.setattr(Deployment, name, lambda _: pytest.fail("it went on"))
    monkeypatch.setattr("ops.deploy.bootstrap.ensure_state_bucket", lambda *_: pytest.fail("it went on"))


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_each_command_ends_in_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COMMANDS[name]) == 1

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "error: no usable AWS credentials: Unable to locate credentials. Log in (aws sso login), or "
    )


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "outputs"])
@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_both_ways_on_are_shown(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COMMANDS[command]) == 1

    error = capsys.readouterr().err
    assert "Log in (aws sso login), or set AWS_PROFILE; or without an AWS account, on this machine: " in error
    assert error.endswith(f": make up, then make {command} ENV=local\n")


def test_expired_credentials_are_reported_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Access) -> None:
        raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "is expired"}}, "GetCallerIdentity")

    monkeypatch.setattr(Access, "sts", refuse)
    with pytest.raises(
        OpsError, match=r"is expired\. They have expired: log in \(aws sso login\), or set AWS_PROFILE$"
    ):
        Access("us-east-1").caller()


def test_an_address_of_this_machine_in_the_configuration_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "config"
    configuration.write_text("[default]\nendpoint_url = http://127.0.0.1:4566\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))

    with pytest.raises(OpsError, match="endpoint_url of the AWS configuration file leads to this machine"):
        refuse_embedded(tmp_path, "dev", {})
