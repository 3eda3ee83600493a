"""Commands on a running environment: nothing is lost, each mistake is told, each problem comes with its remedy."""

import argparse
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ProfileNotFound
from botocore.stub import Stubber
from moto import mock_aws

from generate.reading import environment_names, read_environment
from ops import query, send
from ops.aws import Access, Keys
from ops.callers import find_api, find_operator
from ops.check import Check, run_checks
from ops.client import Answer, ApiClient
from ops.commands import run
from ops.demonstration.narrator import Narrator, StoryError
from ops.doctor.__main__ import summary
from ops.doctor.account import examine_caller, examine_concurrency, examine_logging_role
from ops.doctor.state import examine_state
from ops.embedded.access import write_access
from ops.embedded.layout import default_layout
from ops.errors import OpsError
from ops.lock import lock_command
from ops.logs import LogGroup, show_new_events
from ops.progress import Progress
from ops.project import ROOT, find_environment
from ops.send import build_body, show

BUCKET, KEY = "state", "dev/iot-pipeline.tfstate"


@pytest.fixture
def access() -> Iterator[Access]:
    with mock_aws():
        yield Access("us-east-1")


def test_logs_are_shown_once_and_in_the_order_of_time(access: Access, capsys: pytest.CaptureFixture[str]) -> None:
    logs, now = access.logs(), int(time.time() * 1000)
    groups = []
    for function, lines in (("query", [(1000, "second")]), ("ingestion", [(500, "first"), (1500, "third")])):
        logs.create_log_group(logGroupName=function)
        logs.create_log_stream(logGroupName=function, logStreamName="s")
        events: Any = [{"timestamp": now + moment, "message": text} for moment, text in lines]
        logs.put_log_events(logGroupName=function, logStreamName="s", logEvents=events)
        groups.append(LogGroup(logs, function, function, 0))

    show_new_events(groups)
    show_new_events(groups)

    assert [line.split()[1:] for line in capsys.readouterr().out.splitlines()] == [
        ["ingestion", "first"],
        ["query", "second"],
        ["ingestion", "third"],
    ]


def test_a_missing_state_bucket_has_a_remedy(access: Access) -> None:
    (finding,) = examine_state(access.s3(), BUCKET, KEY, "dev")

    assert finding.line() == (
        "problem the state bucket state does not exist\n"
        "        -> make bootstrap sets up the account: the state bucket and its protection"
    )


def test_a_bucket_as_bootstrap_leaves_it_is_well(access: Access) -> None:
    s3 = access.s3()
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})

    assert [finding.line() for finding in examine_state(s3, BUCKET, KEY, "dev")] == [
        "ok      the state bucket state exists",
        "ok      the state bucket is versioned",
        "ok      the state bucket encrypts what names no encryption of its own (aws:kms)",
        "ok      there is no state yet",
        "ok      the state is not locked",
    ]


@pytest.mark.parametrize("algorithm", ["AES256", None])
def test_the_states_own_encryption_is_told(algorithm: str | None, access: Access) -> None:
    s3 = access.s3()
    s3.create_bucket(Bucket=BUCKET)
    own: Any = {"ServerSideEncryption": algorithm} if algorithm else {}
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"{}", **own)

    findings = {finding.text: finding.well for finding in examine_state(s3, BUCKET, KEY, "dev")}

    assert findings["the state is encrypted (AES256)" if algorithm else "the state is not encrypted"] is bool(algorithm)


def test_a_held_lock_is_told_with_who_holds_it_and_how_to_end_it(access: Access) -> None:
    s3 = access.s3()
    s3.create_bucket(Bucket=BUCKET)
    lock = {"ID": "1234", "Who": "ann@desk", "Created": "today", "Operation": "OperationTypeApply"}
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=json.dumps(lock))

    problems = [finding for finding in examine_state(s3, BUCKET, KEY, "dev") if not finding.well]

    assert "the state bucket is not versioned" in problems[0].text
    assert problems[-1].text == "the state is locked by ann@desk since today (OperationTypeApply)"
    assert "make unlock ENV=dev ID=1234" in problems[-1].remedy


def test_api_gateway_needs_its_logging_role(access: Access) -> None:
    finding = examine_logging_role(access.api_gateway())

    assert (finding.well, finding.remedy) == (False, "make bootstrap gives it one")


def test_the_caller_and_the_region_are_told(access: Access) -> None:
    assert examine_caller(access).line().startswith("ok      credentials of 123456789012 (arn:aws:")


@pytest.mark.parametrize(
    ("cause", "remedy"),
    [
        (NoCredentialsError(), "log in (aws sso login), or set AWS_PROFILE"),
        (ClientError({"Error": {"Code": "InvalidClientTokenId"}}, "GetCallerIdentity"), "us-east-1 is not enabled"),
        (EndpointConnectionError(endpoint_url="https://sts.nowhere-1"), "is there a region us-east-1?"),
    ],
)
def test_unusable_credentials_have_the_remedy_of_their_cause(
    cause: Exception, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Access) -> None:
        raise cause

    monkeypatch.setattr(Access, "sts", refuse)
    finding = examine_caller(Access("us-east-1"))

    assert finding.text == f"no usable AWS credentials: {cause}"
    assert remedy in finding.remedy


def test_the_doctors_last_line_counts() -> None:
    assert [summary(count, "dev") for count in range(3)] == ["dev can be deployed", "1 problem", "2 problems"]


@pytest.mark.parametrize(("total", "well"), [(1000, True), (10, False), (399, False), (400, True)])
def test_concurrency_is_held_against_what_the_settings_reserve(total: int, well: bool) -> None:  # noqa: FBT001  # a parameter of the test
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_client_error("get_function_concurrency", "ResourceNotFoundException")
        limit = {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": total}
        stub.add_response("get_account_settings", {"AccountLimit": limit})
        (finding,) = examine_concurrency(client, read_environment(ROOT, "dev"))

    assert finding.well is well
    assert f"300 to reserve, {max(total - 100, 0)} available of the account's {total}" in finding.text
    if not well:
        assert "--desired-value 400" in finding.remedy


def test_what_is_reserved_already_does_not_count_against_it() -> None:
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_response("get_function_concurrency", {"ReservedConcurrentExecutions": 100})
        limit = {"ConcurrentExecutions": 400, "UnreservedConcurrentExecutions": 100}
        stub.add_response("get_account_settings", {"AccountLimit": limit})

        assert [finding.well for finding in examine_concurrency(client, read_environment(ROOT, "dev"))] == [True]


def test_an_unknown_environment_is_answered_with_those_there_are() -> None:
    known = ", ".join(sorted(environment_names(ROOT)))

    with pytest.raises(OpsError, match=f"no environment 'nope' under envs/; there are: {known}$"):
        find_environment(ROOT, "nope")


def test_local_commands_before_the_first_up_say_what_to_do(tmp_path: Path, progress: Progress) -> None:
    with pytest.raises(OpsError, match="make up writes it"):
        find_api(tmp_path, "local", progress)
    with pytest.raises(OpsError, match="make up writes it"):
        find_operator(tmp_path, "local", progress)


def arguments(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"device": "d", "data": '{"temp": 1}', "file": None, **given})


def test_a_reading_is_built_from_device_and_data() -> None:
    assert build_body(arguments()) == {"device_id": "d", "sensor_data": {"temp": 1}}


def test_a_file_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"readings": []}')

    assert build_body(arguments(file=tmp_path / "body.json")) == {"readings": []}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": "{"}, r"DATA=\{ is no JSON"),
        ({"data": "[" * 100_000}, r"^DATA=\[{195}\.\.\. is nested too deeply$"),
        ({"data": "1" * 5_000}, r"^DATA=1{195}\.\.\. holds a number with thousands of digits"),
        ({"file": Path("nowhere.json")}, r"FILE=nowhere\.json cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(OpsError, match=message):
        build_body(arguments(**given))


def test_a_query_that_is_no_text_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda: query.main(["--device", "\udcff"])) == 1
    assert capsys.readouterr().err == "error: device_id='\\udcff' is not UTF-8\n"


@pytest.mark.parametrize("value", ["--", "-", "-x", "--device"])
def test_a_device_may_begin_with_hyphens(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr(query, "find_api", lambda *_: client)
    monkeypatch.setattr(ApiClient, "get", lambda *request: Answer(200, str(request[1:]), {}))

    assert query.main([f"--device={value}"]) == 0
    assert capsys.readouterr().out == f"HTTP 200\n{('/query', {'device_id': value})}\n"


def test_a_refusal_is_shown_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(400, '{"title":"Bad"}', {"content-type": "application/problem+json"})

    assert show(answer) == 1
    assert capsys.readouterr().out == 'HTTP 400\n{\n  "title": "Bad"\n}\n'


def test_a_request_is_signed_for_the_api_in_its_region() -> None:
    client = ApiClient("https://example.test/dev", Access("eu-west-1", keys=Keys("AKIAEXAMPLE", "secret")))

    header = client.sign(client.prepare_post("/ingest", {"a": 1})).headers["Authorization"]

    assert header.startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert "/eu-west-1/execute-api/aws4_request" in header


def test_the_api_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def sent() -> list[str | None]:
        client = ApiClient("https://example.test/dev", Access("eu-west-1", keys=Keys("AKIAEXAMPLE", "secret")))
        requests = (client.prepare_post("/ingest", {}), client.prepare_get("/query", {}))
        return [client.sign(request).prepare().headers.get("X-Api-Key") for request in requests]

    assert sent() == [None, None]
    monkeypatch.setenv("PIPELINE_API_KEY", "k" * 20)
    assert sent() == ["k" * 20] * 2
    monkeypatch.setenv("PIPELINE_API_KEY", "two\nlines")
    with pytest.raises(OpsError, match="PIPELINE_API_KEY has characters that no header may have"):
        sent()


def test_a_missing_api_key_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for key, status, named in ((None, 401, True), (None, 403, False), ("k" * 20, 401, False)):
        monkeypatch.setenv("PIPELINE_API_KEY", key or "")
        assert show(Answer(status, "", {})) == 1
        assert ("set it as the variable PIPELINE_API_KEY" in capsys.readouterr().err) is named


@pytest.mark.parametrize("find", [find_api, find_operator])
def test_an_embedded_aws_that_is_down_has_its_remedy_before_any_call(
    find: Any, tmp_path: Path, progress: Progress
) -> None:
    layout = default_layout(tmp_path)
    layout.home.mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        down = Access("us-east-1", f"https://127.0.0.1:{free.getsockname()[1]}", tmp_path / "ca", Keys("a", "b"))
        write_access(layout, down, down, {"ApiId": "id", "ApiStageName": "dev"})

        with pytest.raises(OpsError, match=r"^the embedded AWS does not run at https://[\d.:]+: make up starts it$"):
            find(tmp_path, "local", progress)


def test_an_environment_that_cannot_be_verified_is_told_in_one_sentence() -> None:
    done = make("verify", "ENV=nowhere")

    assert done.returncode != 0
    assert "there is no environment 'nowhere' under envs/" in done.stderr
    told = [line for line in done.stderr.splitlines() if line and not line.startswith("make")]
    assert [line.partition(" ")[0] for line in told] == ["ERROR:"]
    assert "test_" not in done.stdout


@pytest.mark.parametrize("error", [NoCredentialsError(), ProfileNotFound(profile="gone")])
def test_credentials_that_are_not_there_have_a_remedy(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        raise error

    assert run(command) == 1
    told = f"error: no usable AWS credentials: {error}. Log in (aws sso login), or set AWS_PROFILE\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(("status", "code"), [(200, 0), (400, 1)])
def test_what_was_sent_is_told_to_be_processed_later(
    status: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr(ApiClient, "post", lambda *_: Answer(status, "", {}))
    monkeypatch.setattr(send, "find_api", lambda *_: client)

    assert send.main([]) == code
    assert ("in what make query shows, within seconds" in capsys.readouterr().err) is (code == 0)


def test_an_api_that_does_not_answer_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    access = Access("us-east-1", "https://127.0.0.1:9", keys=Keys("a", "b"))

    def command() -> int:
        return ApiClient("https://127.0.0.1:9/dev", access).get("/query", {}).status

    assert run(command) == 1
    assert "the API cannot be reached (make up starts the embedded AWS)" in capsys.readouterr().err


def test_every_check_runs_although_one_failed(progress: Progress, said: StringIO) -> None:
    def broken() -> bool:
        raise OpsError("no tool")

    code = run_checks([Check("a", broken), Check("b", lambda: False), Check("c", lambda: True)], progress)

    assert code == 1
    assert said.getvalue().splitlines()[-1].endswith("failed: a, b")


def test_the_layer_leaves_out_what_the_runtime_brings() -> None:
    assert "--no-emit-package=botocore" in lock_command(Path("layer.in"))
    assert "--no-emit-package=botocore" not in lock_command(Path("dev.in"))


def test_a_story_that_is_not_so_ends() -> None:
    said = StringIO()
    narrator = Narrator(said)
    narrator.chapter("One")
    narrator.show("two is two", true=True, found=2)

    with pytest.raises(StoryError, match="the story says 'two is three', but found was: 2"):
        narrator.show("two is three", true=False, found=2)
    with pytest.raises(StoryError, match="the message did not come within 0 s"):
        narrator.await_value("the message", lambda: None, patience=0)
    assert said.getvalue() == "\n1. One\n   ok  two is two\n"


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # make, on this project
        ["make", *words],  # noqa: S607  # the make of whoever runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def make_with(program: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return make(*words, f"RUN={program}")


@pytest.mark.parametrize(("code", "seen"), [(0, 0), (3, 0), (1, 2), (130, 2)])
def test_make_drift_fails_only_where_it_could_not_find_out(code: int, seen: int, tmp_path: Path) -> None:
    assert make_with(tmp_path / "run", f"exit {code}", "drift", "ENV=dev").returncode == seen


@pytest.mark.parametrize("target", ["plan", "doctor", "send", "logs", "redrive", "package", "new", "unlock"])
@pytest.mark.parametrize("value", ["dev;id", "`id`", "it's", "a  b", "$(shell id)", "$HOME"])
def test_make_hands_on_what_was_typed_as_one_word(target: str, value: str, tmp_path: Path) -> None:
    done = make_with(tmp_path / "run", 'printf "<%s>" "$@"', target, f"ENV={value}", "ID=1; id", "FROM=dev")

    assert f"<{value}>" in done.stdout
    assert "uid=" not in done.stdout + done.stderr
    assert target not in ("unlock", "redrive") or "<--id=1; id>" in done.stdout


@pytest.mark.parametrize("name", ["ID", "DEVICE", "REASON", "DRY_RUN", "QUEUE", "FUNCTION", "LIMIT"])
def test_make_redrive_hands_on_what_is_empty(name: str, tmp_path: Path) -> None:
    done = make_with(tmp_path / "run", 'printf "<%s>" "$@"', "redrive", f"{name}=")

    assert done.stdout == f"<-m><ops.redrive><--env><local><--{name.lower().replace('_', '-')}=>"


def test_make_alone_shows_every_target() -> None:
    shown = make().stdout
    targets = (
        "demo up down test check generate plan apply destroy outputs drift scan new send query redrive logs doctor"
    )

    assert not [name for name in targets.split() if f"\n  {name} " not in shown]


@pytest.mark.parametrize("target", ["plan", "apply", "destroy", "drift", "outputs", "doctor", "new", "unlock"])
def test_a_missing_argument_is_answered_with_an_example_and_the_environments(target: str) -> None:
    done = make(target)

    assert done.returncode == 2
    assert f"error: ENV is missing. For example: make {target} ENV=" in done.stderr
    listed = done.stderr.rpartition("environments: ")[2].splitlines()[0]
    assert sorted(listed.split()) == sorted(environment_names(ROOT))


@pytest.mark.parametrize("target", ["doctor", "plan", "capacity", "package"])
def test_a_missing_argument_is_told_before_anything_is_installed(target: str, tmp_path: Path) -> None:
    done = make(target, f"INSTALLED={tmp_path}/installed", "PYTHON=false", f"RUN={tmp_path}/python")

    assert done.returncode == 2
    assert "error: ENV is missing" in done.stderr
    assert "installing" not in done.stdout
