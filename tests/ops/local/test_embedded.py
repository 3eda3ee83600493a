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

from ops.aws.access import Access
from ops.local.applied import Applied, read_applied, write_applied
from ops.local.identities import as_administrator, as_caller, as_stranger
from ops.local.layout import Layout
from ops.local.machine_lock import exclusively, share
from ops.local.ports import HOST, choose_port
from ops.local.process import Process, find_process
from ops.local.recovery import discard_killed_apply, discard_lost_state, healthy_server, port_for
from ops.local.server import Running, find_server, is_healthy, start_server, stop_server
from ops.project.errors import EmbeddedError, OpsError, PortInUseError
from ops.project.progress import Progress
from ops.setup.environments import ensure

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
    interpreter = ensure("embedded", progress)
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
    monkeypatch.setattr("ops.local.recovery.is_healthy", lambda *_: False)

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
    interpreter = ensure("embedded", progress)
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
        pytest.raises(EmbeddedError, match="another of make up"),
        exclusively(layout, progress),
    ):
        pass


def test_a_program_that_outlives_its_killed_command_keeps_the_lock(layout: Layout, progress: Progress) -> None:
    with exclusively(layout, progress) as lock:
        share(lock)
        command = [sys.executable, "-c", "input()"]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, close_fds=False)  # noqa: S603  # this interpreter
    with child:
        with pytest.raises(EmbeddedError, match="another of make up"), exclusively(layout, progress):
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
