"""The embedded AWS starts, stops with its state, and mends what it finds broken."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from ops.aws import Access, Keys
from ops.embedded.access import write_access
from ops.embedded.applied import Applied, inputs_digest, read_applied, write_applied
from ops.embedded.errors import EmbeddedError, PortInUseError
from ops.embedded.identities import as_administrator, as_caller, as_stranger
from ops.embedded.installation import ensure_installed
from ops.embedded.layout import Layout
from ops.embedded.lock import exclusively, share
from ops.embedded.ports import HOST, choose_port
from ops.embedded.process import Process, find_process
from ops.embedded.recovery import discard_killed_apply, discard_lost_state, healthy_server, port_for
from ops.embedded.server import Running, find_server, is_healthy, start_server, stop_server
from ops.embedded.variables import isolated_variables, server_variables
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import ROOT
from ops.shell_variables import read_variables, write_variables

REGION = "eu-central-1"
PROGRAM = "this version"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home", tmp_path / "packages")


@pytest.fixture
def running(layout: Layout, progress: Progress) -> Iterator[Running]:
    server = start(layout, progress)
    yield server
    if server.process.is_alive():
        server.process.stop(10)


def start(layout: Layout, progress: Progress) -> Running:
    interpreter = ensure_installed(ROOT, progress)
    return start_server(layout, interpreter, port_for(layout, progress), REGION, PROGRAM)


def access(running: Running, layout: Layout) -> Access:
    return as_administrator(layout, Access(REGION, running.endpoint, layout.authority))


def test_it_answers_over_tls_on_the_loopback_address_only(running: Running, layout: Layout) -> None:
    assert is_healthy(running, layout)
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    addresses = {
        line.split()[1] for line in listening.splitlines() if f":{running.port:04X} " in line and " 0A " in line
    }
    assert addresses == {f"0100007F:{running.port:04X}"}


def test_its_state_outlives_a_stop_in_good_order(running: Running, layout: Layout, progress: Progress) -> None:
    access(running, layout).sqs().create_queue(QueueName="kept")

    assert stop_server(running, layout)
    again = start(layout, progress)

    urls = access(again, layout).sqs().list_queues()["QueueUrls"]
    stop_server(again, layout)
    assert [url.rpartition("/")[2] for url in urls] == ["kept"]


def test_a_killed_server_is_noticed_and_everything_starts_afresh(
    running: Running, layout: Layout, progress: Progress, said: StringIO
) -> None:
    write_applied(layout, Applied("digest", {}))
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.stop(10)

    assert find_server(layout) is None
    discard_lost_state(layout, progress)

    assert "has lost its state: starting afresh" in said.getvalue()
    assert read_applied(layout) is None


def test_a_server_that_does_not_answer_is_stopped(
    running: Running, layout: Layout, progress: Progress, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.embedded.recovery.is_healthy", lambda *_: False)

    assert healthy_server(layout, PROGRAM, progress) is None
    assert not running.process.is_alive()
    assert "does not answer: stopping it" in said.getvalue()


def test_a_server_of_another_version_is_restarted(running: Running, layout: Layout, progress: Progress) -> None:
    assert healthy_server(layout, PROGRAM, progress) == running
    assert healthy_server(layout, "the next version", progress) is None
    assert not layout.unclean.exists()


def test_users_have_only_what_they_need(running: Running, layout: Layout) -> None:
    administrator = access(running, layout)
    outputs = {"ApiExecutionArn": "arn:aws:execute-api:eu-central-1:000000000000:abc", "ApiStageName": "dev"}

    for user in (as_caller(layout, administrator, outputs), as_stranger(layout, administrator)):
        with pytest.raises(OpsError, match="AccessDenied"):
            _list_queues(user)
    assert as_caller(layout, administrator, outputs) == as_caller(layout, administrator, outputs)
    assert layout.credentials.stat().st_mode & 0o777 == 0o600


def _list_queues(user: Access) -> None:
    sqs = user.sqs()
    try:
        sqs.list_queues()
    except sqs.exceptions.ClientError as error:
        raise OpsError(str(error)) from error


def test_a_wrong_secret_is_not_the_administrator(running: Running, layout: Layout) -> None:
    administrator = access(running, layout)
    assert administrator.keys is not None
    forged = replace(administrator, keys=replace(administrator.keys, secret_access_key="guessed"))

    with pytest.raises(OpsError, match="no usable AWS credentials"):
        forged.caller()


def test_a_server_that_cannot_start_shows_its_last_words(layout: Layout, progress: Progress) -> None:
    interpreter = ensure_installed(ROOT, progress)
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(EmbeddedError, match=r"ended while it started(?s:.*)[Aa]ddress already in use"):
            start_server(layout, interpreter, taken.getsockname()[1], REGION, PROGRAM)


def test_a_port_that_is_taken_is_passed_over(layout: Layout) -> None:
    first = choose_port(layout.home)
    with socket.socket() as taken:
        taken.bind((HOST, first))
        taken.listen()

        assert choose_port(layout.home) != first
    assert choose_port(layout.home.with_name("another")) != first


@pytest.mark.parametrize("applied", [False, True])
def test_the_port_of_a_stored_state_is_kept_or_refused(
    layout: Layout,
    progress: Progress,
    applied: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    port = port_for(layout, progress)
    assert port_for(layout, progress) == port
    if applied:
        write_applied(layout, Applied("digest", {}))
    with socket.socket() as taken:
        taken.bind((HOST, port))
        taken.listen()
        if applied:
            with pytest.raises(PortInUseError, match=f"port {port}, to which the stored state is bound"):
                port_for(layout, progress)
        else:
            assert port_for(layout, progress) != port


def test_a_record_of_a_process_that_is_another_now_is_no_server(layout: Layout) -> None:
    layout.home.mkdir()
    layout.process.write_text(f'{{"pid": {os.getpid()}, "started": "long ago", "port": 1, "program": ""}}')

    assert find_server(layout) is None


def test_a_torn_record_is_no_server(layout: Layout) -> None:
    layout.home.mkdir()
    layout.process.write_text('{"pid": 1')

    assert find_server(layout) is None


@pytest.mark.parametrize("record", [None, '{"pid": 1'])
def test_a_server_whose_record_is_lost_is_found_and_stopped_with_its_state(
    record: str | None, running: Running, layout: Layout, progress: Progress
) -> None:
    layout.process.unlink()
    if record:
        layout.process.write_text(record)

    found = find_server(layout)

    assert found == replace(running, program="")
    assert find_server(Layout(layout.home.with_name("another"), layout.packages)) is None
    assert healthy_server(layout, PROGRAM, progress) is None
    assert not running.process.is_alive()
    assert not layout.unclean.exists()


def test_a_process_that_does_not_end_is_killed() -> None:
    script = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603  # this interpreter
        assert child.stdout is not None
        child.stdout.readline()
        process = find_process(child.pid)
        assert process is not None

        assert process.stop(0.1) is False
        assert not process.is_alive()


def test_a_process_of_the_same_number_is_never_stopped() -> None:
    assert Process(os.getpid(), "another start").stop(0) is False


def test_only_one_command_works_at_a_time(layout: Layout, progress: Progress) -> None:
    with (
        exclusively(layout, progress),
        pytest.raises(EmbeddedError, match="another make up"),
        exclusively(layout, progress),
    ):
        pass


def test_a_program_that_outlives_its_killed_command_keeps_the_lock(layout: Layout, progress: Progress) -> None:
    with exclusively(layout, progress) as lock:
        share(lock)
        command = [sys.executable, "-c", "input()"]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, close_fds=False)  # noqa: S603  # this interpreter
    with child:
        with pytest.raises(EmbeddedError, match="another make up"), exclusively(layout, progress):
            pass
        child.communicate(b"end")
    with exclusively(layout, progress):
        pass


def test_a_provider_that_outlives_its_killed_terraform_loses_the_lock(
    layout: Layout, progress: Progress, said: StringIO
) -> None:
    command = ["terraform-provider-aws_v5.100.0_x5", "-c", "print(1, flush=True); input()"]
    with exclusively(layout, progress) as lock:
        share(lock)
        provider = subprocess.Popen(  # noqa: S603  # this interpreter, by a provider's name
            command, executable=sys.executable, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False
        )
        assert provider.stdout is not None
        provider.stdout.readline()
    with provider, exclusively(layout, progress):
        assert f"ending process {provider.pid}, a Terraform provider whose Terraform was killed" in said.getvalue()


def test_an_apply_that_was_killed_is_noticed_and_everything_starts_afresh(
    running: Running, layout: Layout, progress: Progress, said: StringIO
) -> None:
    discard_killed_apply(layout, progress)
    assert running.process.is_alive()
    layout.applying.touch()

    discard_killed_apply(layout, progress)

    assert not running.process.is_alive()
    assert not layout.state.exists()
    assert "was killed while it applied" in said.getvalue()


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
    write_variables(path, {"A": "it's $HOME", "B": "2"}, ["AWS_PROFILE"], "a heading")

    shell = f'. {path}; printf "%s" "$A|$B|${{AWS_PROFILE-unset}}"'
    done = subprocess.run(  # noqa: S603  # a line of this test
        ["/bin/sh", "-c", shell], env={"AWS_PROFILE": "work"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "it's $HOME|2|unset"
    assert read_variables(path) == {"A": "it's $HOME", "B": "2"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_sourced_stands_whatever_the_shell_had(layout: Layout, tmp_path: Path) -> None:
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
    write_access(layout, administrator, administrator, {"ApiId": "a", "ApiStageName": "dev"})

    script = f"import boto3; print({{boto3.client(name).meta.endpoint_url for name in {services}}})"
    shell = f'. {layout.administrator_variables}; {sys.executable} -c "$SCRIPT"'
    done = subprocess.run(  # noqa: S603  # a line of this test
        ["/bin/sh", "-c", shell], env={**had, "SCRIPT": script}, capture_output=True, text=True, check=True
    )

    assert done.stdout == "{'https://127.0.0.1:1'}\n"


def test_a_missing_file_of_variables_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match="make up writes it"):
        read_variables(tmp_path / "env")


def test_what_is_applied_is_known_by_its_inputs(tmp_path: Path) -> None:
    for name in ("modules/a/main.tf.json", "envs/dev/main.tf.json", "envs/prod/main.tf.json", "out/layer.zip"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "ops/requirements").mkdir(parents=True)
    (tmp_path / "ops/requirements/embedded.txt").touch()

    def digest() -> str:
        return inputs_digest(tmp_path, "dev", tmp_path / "out")

    before = digest()
    (tmp_path / "envs/prod/main.tf.json").write_text('{"another": 1}')
    assert digest() == before
    (tmp_path / "out/layer.zip").write_text("another")
    assert digest() != before
