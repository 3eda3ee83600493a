"""Terraform and its provider are found on any machine, and its commands report errors with what to do."""

import hashlib
import json
import os
import shlex
import sys
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from packaging.version import Version
from typing_extensions import override

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform import toolchain
from ops.terraform.hints import hint_for
from ops.terraform.provider import (
    LOCK_FILE,
    PROVIDER,
    ProviderSource,
    find_provider,
    locked_provider_version,
    platform_name,
)
from ops.terraform.runner import Events, Terraform
from ops.terraform.toolchain import RELEASE, Toolchain, fetch, find_terraform, install_release, is_accepted

VERSION = "5.100.0"


def mirror_at(folder: Path, *, packed: bool = False) -> Path:
    base = folder / PROVIDER
    if packed:
        base.mkdir(parents=True)
        (base / f"terraform-provider-aws_{VERSION}_{platform_name()}.zip").touch()
    else:
        (base / VERSION / platform_name()).mkdir(parents=True)
    return folder


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a CLI configuration nor a mirror in the user's home folder."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")


def find(tmp_path: Path, user: dict[str, str] | None = None) -> ProviderSource:
    return find_provider(VERSION, user or {}, roots=(tmp_path / "opt", tmp_path / "missing"))


def with_mirror(mirror: Path) -> ProviderSource:
    """What makes Terraform install from a mirror."""
    variables = {"TF_CLI_CONFIG_FILE": os.devnull, "TF_CLI_ARGS_init": f"-plugin-dir={mirror}"}
    return ProviderSource(f"the mirror {mirror}", variables)


def test_the_users_own_configuration_is_used_as_it_is(tmp_path: Path) -> None:
    configuration = tmp_path / "mine.tfrc"
    configuration.touch()
    mirror_at(tmp_path / "opt" / "mirror")

    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(configuration)}).variables == {
        "TF_CLI_CONFIG_FILE": str(configuration)
    }


def test_a_configuration_in_the_home_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.terraformrc").touch()

    assert find(tmp_path).variables == {"TF_CLI_CONFIG_FILE": str(tmp_path / "home/.terraformrc")}


def test_a_configuration_that_does_not_exist_is_ignored(tmp_path: Path) -> None:
    mirror = mirror_at(tmp_path / "opt" / "any-name")

    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(tmp_path / "nowhere.tfrc")}) == with_mirror(mirror)


def test_a_configuration_that_cannot_be_read_is_ignored_and_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = mirror_at(tmp_path / "opt" / "any-name")
    denied = tmp_path / "denied.tfrc"
    denied.touch()
    monkeypatch.setattr(os, "access", lambda path, _: str(path) != str(denied))

    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(denied)}) == with_mirror(mirror)


def test_a_folder_is_not_a_configuration(tmp_path: Path) -> None:
    assert find(tmp_path, {"TF_CLI_CONFIG_FILE": str(tmp_path)}).variables == {"TF_CLI_CONFIG_FILE": os.devnull}


def test_a_named_mirror_wins_over_one_that_is_found(tmp_path: Path) -> None:
    mirror_at(tmp_path / "opt" / "found")
    named = mirror_at(tmp_path / "named", packed=True)

    assert find(tmp_path, {"TF_PLUGIN_MIRROR": str(named)}).description == f"the mirror {named}"


def test_a_named_mirror_without_the_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=rf"does not contain {PROVIDER} {VERSION}"):
        find(tmp_path, {"TF_PLUGIN_MIRROR": str(tmp_path)})


def test_a_mirror_of_another_version_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "opt" / "old" / PROVIDER / "4.0.0" / platform_name()).mkdir(parents=True)

    assert find(tmp_path).description == "Terraform's own mirrors or the registry"


def test_a_mirrors_path_may_have_spaces_and_quotes(tmp_path: Path) -> None:
    mirror_at(tmp_path / "opt" / 'a "quoted" one')

    (argument,) = shlex.split(find(tmp_path).variables["TF_CLI_ARGS_init"])

    assert argument == f'-plugin-dir={tmp_path}/opt/a "quoted" one'


def test_without_a_mirror_terraform_gets_an_empty_configuration_that_exists(tmp_path: Path) -> None:
    """Then Terraform searches its implied mirror folders and the registry, and does not warn of a missing file."""
    assert find(tmp_path).variables == {"TF_CLI_CONFIG_FILE": os.devnull}


def test_the_users_own_folder_of_plugins_wins_over_a_mirror_that_is_found(tmp_path: Path, progress: Progress) -> None:
    toolchain = Toolchain(tmp_path / "terraform", with_mirror(tmp_path), progress)
    user = {"TF_CLI_ARGS_init": "-plugin-dir=/mine", "TF_CLI_CONFIG_FILE": "/nowhere"}

    given = toolchain.on(tmp_path, tmp_path / "data", user).environment

    assert given["TF_CLI_ARGS_init"] == "-plugin-dir=/mine"
    assert given["TF_CLI_CONFIG_FILE"] == os.devnull
    assert toolchain.on(tmp_path, tmp_path / "data", {}).environment["TF_CLI_ARGS_init"] == f"-plugin-dir={tmp_path}"


def test_the_lock_file_names_the_providers_version(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text(f'provider "{PROVIDER}" {{\n  version     = "{VERSION}"\n}}\n')

    assert locked_provider_version(tmp_path) == VERSION


def test_a_missing_lock_file_has_its_fix(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="git checkout restores it"):
        locked_provider_version(tmp_path)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("1.11.0", True),
        ("1.99.9", True),
        ("1.12.0-rc1", True),
        ("1.10.5", False),
        ("2.0.0", False),
        ("2.0.0-rc1", False),
    ],
)
def test_versions_are_compared_with_what_the_project_accepts(text: str, accepted: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert is_accepted(Version(text)) is accepted


def fake_terraform(folder: Path, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "terraform"
    program.write_text(f"#!{sys.executable}\n{script}\n")
    program.chmod(0o755)
    return program


def release() -> dict[str, bytes]:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("terraform", "the binary")
    name = f"terraform_{RELEASE}_{platform_name()}.zip"
    sums = f"{'0' * 64}  terraform_{RELEASE}_other.zip\n{hashlib.sha256(content.getvalue()).hexdigest()}  {name}\n"
    return {name: content.getvalue(), f"terraform_{RELEASE}_SHA256SUMS": sums.encode()}


def test_terraform_on_path_is_used(tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake_terraform(tmp_path, """print('{"terraform_version": "1.12.2"}')""")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_terraform(tmp_path / "build", progress) == program


def test_an_old_terraform_on_path_is_replaced_by_the_official_release_once(
    tmp_path: Path, progress: Progress, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_terraform(tmp_path / "bin", """print('{"terraform_version": "1.5.7"}')""")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    files = release()
    asked: list[str] = []

    def get(address: str) -> bytes:
        asked.append(address)
        return files[address.rpartition("/")[2]]

    monkeypatch.setattr(toolchain, "fetch", get)
    first = find_terraform(tmp_path / "build", progress)
    second = find_terraform(tmp_path / "build", progress)

    assert first == second
    assert first.read_text() == "the binary"
    assert len(asked) == 2
    assert "is 1.5.7, accepted is >= 1.11, < 2.0: fetching" in said.getvalue()


class Proxy(BaseHTTPRequestHandler):
    """Answers in place of every server."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path.endswith("/missing") else 200)
        self.end_headers()
        self.wfile.write(f"{self.path} by way of a proxy".encode())

    @override
    def log_message(self, format: str, *arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        yield "http://releases.example"
        server.shutdown()
        thread.join()


def test_a_release_is_fetched_through_the_users_proxy(proxy: str) -> None:
    assert fetch(f"{proxy}/one") == b"http://releases.example/one by way of a proxy"


def test_a_release_that_does_not_exist_is_named(proxy: str) -> None:
    with pytest.raises(TerraformError, match=r"http://releases\.example/missing cannot be fetched: HTTP Error 404"):
        fetch(f"{proxy}/missing")


def test_a_server_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")

    with pytest.raises(TerraformError, match=r"http://127\.0\.0\.1:9/ cannot be fetched: .* HTTPS_PROXY"):
        fetch("http://127.0.0.1:9/")


def test_a_release_that_is_not_what_was_published_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: content if "SUMS" in name else b"another" for name, content in release().items()}
    monkeypatch.setattr(toolchain, "fetch", lambda address: files[address.rpartition("/")[2]])

    with pytest.raises(TerraformError, match="is not what was published"):
        install_release(tmp_path / "terraform")
    assert not (tmp_path / "terraform").exists()


def test_without_terraform_and_network_the_error_says_what_to_do(
    tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    def get(address: str) -> bytes:
        raise TerraformError(f"{address} cannot be reached")

    monkeypatch.setattr(toolchain, "fetch", get)
    with pytest.raises(TerraformError, match=r"no terraform on PATH, .*Install Terraform >= 1\.11, < 2\.0"):
        find_terraform(tmp_path / "build", progress)


def test_events_show_what_is_under_way_and_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100, 1000, 10))
    monkeypatch.setattr("ops.terraform.runner.time.monotonic", lambda: next(clock))
    events = Events()

    def feed(kind: str, *names: str) -> None:
        for name in names:
            events.feed(json.dumps({"type": kind, "hook": {"resource": {"addr": f"aws_sqs_queue.{name}"}}}))

    feed("refresh_complete", "a")
    assert (events.status, events.summary) == ("planning", "")
    feed("apply_start", "a", "b")
    assert events.status == "0 done; waiting for aws_sqs_queue.a (20 s), aws_sqs_queue.b (10 s)"
    feed("apply_start", "c", "d")
    feed("apply_progress", "a")
    feed("apply_complete", "b")
    assert events.status.startswith("1 done; waiting for aws_sqs_queue.a (50 s), aws_sqs_queue.c (20 s), aws_sqs_q")
    feed("apply_start", "e")
    assert events.status.endswith(" and 1 more")
    feed("apply_complete", "a", "c", "e")
    feed("apply_errored", "d")
    assert events.status == "finishing"

    refused = {"severity": "error", "summary": "AccessDenied", "detail": "because", "address": "aws_sqs_queue.a"}
    misspelt = {"severity": "error", "summary": "Unsupported argument", "range": {"filename": "main.tf.json"}}
    for diagnostic in (refused, misspelt, {"severity": "warning", "summary": "Deprecated"}):
        events.feed(json.dumps({"type": "diagnostic", "diagnostic": diagnostic}))
    events.feed("not an event")
    events.feed("")
    assert events.errors == [
        "aws_sqs_queue.a: AccessDenied\nbecause",
        "main.tf.json: Unsupported argument",
        "not an event",
    ]


def test_events_have_terraforms_count_of_changes() -> None:
    events = Events()
    complete = "Apply complete! Resources: 1 added, 0 changed, 0 destroyed."

    events.feed(json.dumps({"type": "change_summary", "@message": complete}))

    assert events.summary == complete


def test_known_failures_have_a_hint() -> None:
    assert "make unlock" in hint_for("Error: Error acquiring the state lock")
    assert hint_for("something new") == ""


EXPIRED_SESSION = """Error: No valid credential sources found
Error: failed to refresh cached credentials, the SSO session has expired or is invalid"""
NO_BUCKET = 'Error: Failed to get existing workspaces: S3 bucket "a" does not exist.'
ELSEWHERE = (
    'Error: Failed to get existing workspaces: Unable to list objects in S3 bucket "a" with prefix "env:/": '
    'StatusCode: 301, RequestID: , HostID: , requested bucket from "us-east-1", actual location "eu-west-1"'
)
DENIED = (
    'Error: Error refreshing state: Unable to access object "a" in S3 bucket "b": StatusCode: 403, api error Forbidden'
)


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        (EXPIRED_SESSION, ["have expired: log in again"]),
        ("operation error STS: GetCallerIdentity, StatusCode: 403, api error ExpiredToken", ["have expired"]),
        ("Error: Error acquiring the state lock\napi error ExpiredToken", ["have expired"]),
        (NO_BUCKET, ["make bootstrap", "make generate"]),
        (ELSEWHERE, ["in another region than the settings say", "envs/account/settings.toml"]),
        (DENIED, ["may not read the state", "another [state] bucket"]),
    ],
)
def test_the_failures_of_a_newcomer_have_a_hint(output: str, advice: list[str]) -> None:
    """The texts are those of Terraform 1.11.4, asked of a server that answers like S3 and STS."""
    found = hint_for(output)

    assert found.count("\n-> ") == 1
    assert [part for part in advice if part not in found] == []


def test_a_failure_of_terraform_is_shown_without_colours_and_with_a_hint(tmp_path: Path, progress: Progress) -> None:
    program = fake_terraform(tmp_path, "print('\\x1b[31mExpiredToken\\x1b[0m'); raise SystemExit(1)")
    terraform = Terraform(program, tmp_path, tmp_path / "data", {}, progress)

    with pytest.raises(TerraformError, match=r"failed:\nExpiredToken\n-> Your AWS credentials have expired"):
        terraform.init()


def test_terraform_gets_its_own_working_folder_and_no_questions(tmp_path: Path, progress: Progress) -> None:
    record = tmp_path / "record"
    program = fake_terraform(
        tmp_path, f"import os, sys; open({str(record)!r}, 'w').write(os.environ['TF_DATA_DIR'] + ' '.join(sys.argv))"
    )

    Terraform(program, tmp_path, tmp_path / "data", {}, progress).init("-reconfigure")

    assert str(tmp_path / "data") in record.read_text()
    assert "init -input=false -no-color -lockfile=readonly -reconfigure" in record.read_text()


@pytest.mark.parametrize(
    ("given", "level"),
    [({"TF_LOG": "trace"}, "info"), ({"TF_LOG": "debug", "TF_LOG_PROVIDER": "trace"}, "trace"), ({}, "none")],
)
def test_the_provider_logs_no_bodies_unless_it_is_asked_to(
    given: dict[str, str], level: str, tmp_path: Path, progress: Progress
) -> None:
    record = tmp_path / "record"
    program = fake_terraform(
        tmp_path, f"import os; open({str(record)!r}, 'w').write(os.environ.get('TF_LOG_PROVIDER', 'none'))"
    )

    Terraform(program, tmp_path, tmp_path / "data", given, progress).init()

    assert record.read_text() == level
