"""What is shown of Terraform while it runs, and when it fails."""

import json
from pathlib import Path

import pytest

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform.hints import hint_for
from ops.terraform.runner import Events, Terraform
from tests.ops.terraform.conftest import fake_terraform

VERSION = "5.100.0"


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
