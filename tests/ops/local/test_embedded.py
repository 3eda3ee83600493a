"""The embedded AWS starts, stops with its state, and starts afresh where its state is lost."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import psutil
import pytest

from ops.aws.access import Access
from ops.local import recovery
from ops.local.layout import HOST, Layout, exclusively
from ops.local.record import change_record, read_record
from ops.local.recovery import choose_port, ensure_server
from ops.local.server import Server, end_process, find_server, is_healthy, start_server, stop_server
from ops.local.users import as_administrator, as_caller, as_stranger
from ops.project.errors import EmbeddedError, OpsError, PortInUseError
from ops.project.progress import Progress
from ops.setup.environments import ensure

REGION = "eu-central-1"
PROGRAM = "this version"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home")


@pytest.fixture
def running(layout: Layout, progress: Progress) -> Iterator[Server]:
    yield start(layout, progress)
    server = find_server(layout)
    if server:
        end_process(server.process, 10)


def start(layout: Layout, progress: Progress, program: str = PROGRAM) -> Server:
    return ensure_server(layout, ensure("embedded", progress), REGION, program, progress)


def access(running: Server, layout: Layout) -> Access:
    return as_administrator(layout, Access(REGION, running.endpoint, layout.authority))


def test_it_answers_over_tls_on_the_loopback_address_only(running: Server, layout: Layout) -> None:
    assert is_healthy(running, layout)
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    addresses = {
        line.split()[1] for line in listening.splitlines() if f":{running.port:04X} " in line and " 0A " in line
    }
    assert addresses == {f"0100007F:{running.port:04X}"}


def test_its_state_is_kept_over_a_graceful_stop(running: Server, layout: Layout, progress: Progress) -> None:
    access(running, layout).sqs().create_queue(QueueName="kept")

    assert stop_server(running, layout)
    again = start(layout, progress)

    urls = access(again, layout).sqs().list_queues()["QueueUrls"]
    assert [url.rpartition("/")[2] for url in urls] == ["kept"]
    assert again.port == running.port


def test_after_a_kill_everything_starts_afresh(
    running: Server, layout: Layout, progress: Progress, said: StringIO
) -> None:
    change_record(layout, digest="digest", outputs={"known": 1})
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait(10)
    assert find_server(layout) is None

    start(layout, progress)

    assert "has lost its state: starting afresh" in said.getvalue()
    assert not read_record(layout).outputs


def test_a_server_that_does_not_answer_is_stopped(
    running: Server, layout: Layout, progress: Progress, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.local.recovery.is_healthy", lambda *_: False)

    assert start(layout, progress) != running
    assert not running.process.is_running()
    assert "does not answer: stopping it" in said.getvalue()


def test_a_server_of_another_version_is_restarted_with_its_state(
    running: Server, layout: Layout, progress: Progress, said: StringIO
) -> None:
    change_record(layout, outputs={"known": 1})
    assert start(layout, progress) == running

    assert start(layout, progress, "the next version") != running

    assert "is of another version: stopping it" in said.getvalue()
    assert read_record(layout).outputs == {"known": 1}


def test_users_have_only_the_permissions_that_they_need(running: Server, layout: Layout) -> None:
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


def test_a_wrong_secret_is_not_the_administrator(running: Server, layout: Layout) -> None:
    administrator = access(running, layout)
    assert administrator.keys is not None
    forged = replace(administrator, keys=replace(administrator.keys, secret_access_key="guessed"))

    with pytest.raises(OpsError, match="no usable AWS credentials"):
        forged.caller()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(layout: Layout, progress: Progress) -> None:
    interpreter = ensure("embedded", progress)
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedError, match=r"ended while it started(?s:.*)[Aa]ddress already in use"):
            start_server(layout, interpreter, port, REGION, PROGRAM)


def test_a_port_that_is_in_use_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(recovery, "_PORTS", [port, choose_port()])

        assert {choose_port() for _ in range(20)} != {port}
        assert port not in {choose_port() for _ in range(20)}


def test_a_stored_state_waits_for_its_port(layout: Layout, progress: Progress) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        change_record(layout, port=port, outputs={"known": 1})

        with pytest.raises(PortInUseError, match=f"port {port}, which the stored state is bound to"):
            start(layout, progress)
    assert read_record(layout).outputs == {"known": 1}


def test_a_server_is_found_without_its_record_and_stopped_with_its_state(running: Server, layout: Layout) -> None:
    layout.record.unlink()

    assert find_server(layout) == running
    assert find_server(Layout(layout.home.with_name("another"))) is None
    assert stop_server(running, layout)
    assert find_server(layout) is None


def test_a_process_that_does_not_end_is_killed() -> None:
    script = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603  # this interpreter
        assert child.stdout is not None
        child.stdout.readline()
        process = psutil.Process(child.pid)

        assert end_process(process, 0.1) is False
        assert not process.is_running()


def test_only_one_command_works_at_a_time(layout: Layout) -> None:
    with (
        exclusively(layout),
        pytest.raises(EmbeddedError, match="another of make up"),
        exclusively(layout),
    ):
        pass
    with exclusively(layout):
        pass


def test_after_a_killed_apply_its_terraform_is_ended_and_everything_starts_afresh(
    running: Server, layout: Layout, progress: Progress, said: StringIO
) -> None:
    assert start(layout, progress) == running
    change_record(layout, is_applying=True)
    environment = {"TF_DATA_DIR": str(layout.terraform / "dev")}
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as terraform:  # noqa: S603  # this interpreter
        again = start(layout, progress)

        assert not psutil.pid_exists(terraform.pid)
    assert again != running
    assert not running.process.is_running()
    assert "an earlier apply was killed" in said.getvalue()
    assert not read_record(layout).is_applying
