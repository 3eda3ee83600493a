"""What would stop a deployment: each problem comes with its fix."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from generate.reading import read_environment
from ops.aws.access import Access
from ops.deploy import doctor
from ops.deploy.doctor import (
    Finding,
    examine,
    examine_caller,
    examine_concurrency,
    examine_logging_role,
    examine_state,
    summary,
)
from ops.project.progress import Progress
from tests.support.sample import ENVIRONMENT, SAMPLE

SETTINGS = read_environment(SAMPLE, ENVIRONMENT)
BUCKET, KEY = "state", "dev/iot-pipeline.tfstate"


def test_a_missing_state_bucket_has_its_fix(access: Access) -> None:
    (finding,) = examine_state(access.s3(), BUCKET, KEY, "dev")

    assert finding.line() == (
        "problem the state bucket state does not exist\n"
        "        -> make bootstrap sets up the account: the state bucket and its protection"
    )


def test_a_bucket_as_bootstrap_leaves_it_passes(access: Access) -> None:
    s3 = access.s3()
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    assert [finding.line() for finding in examine_state(s3, BUCKET, KEY, "dev")] == [
        "ok      the state bucket state exists",
        "ok      the state bucket is versioned",
        "ok      the state is not locked",
    ]


def test_a_lock_is_shown_with_its_holder_and_how_to_remove_it(access: Access) -> None:
    s3 = access.s3()
    s3.create_bucket(Bucket=BUCKET)
    lock = {"ID": "1234", "Who": "ann@desk", "Created": "today", "Operation": "OperationTypeApply"}
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=json.dumps(lock))

    problems = [finding for finding in examine_state(s3, BUCKET, KEY, "dev") if not finding.ok]

    assert "the state bucket is not versioned" in problems[0].text
    assert problems[-1].text == "the state is locked by ann@desk since today (OperationTypeApply)"
    assert "make unlock ENV=dev ID=1234" in problems[-1].fix


def test_api_gateway_needs_its_logging_role(access: Access) -> None:
    (finding,) = examine_logging_role(access.api_gateway())

    assert (finding.ok, finding.fix) == (False, "make bootstrap creates it")


def test_the_caller_and_the_region_are_shown(access: Access) -> None:
    assert examine_caller(access).line().startswith("ok      credentials of 123456789012 (arn:aws:")


@pytest.mark.parametrize(
    ("cause", "fix"),
    [
        (NoCredentialsError(), "log in (aws sso login), or set AWS_PROFILE"),
        (ClientError({"Error": {"Code": "InvalidClientTokenId"}}, "GetCallerIdentity"), "us-east-1 is not enabled"),
        (EndpointConnectionError(endpoint_url="https://sts.nowhere-1"), "is there a region us-east-1?"),
    ],
)
def test_unusable_credentials_have_the_fix_of_their_cause(
    cause: Exception, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Access) -> None:
        raise cause

    monkeypatch.setattr(Access, "sts", refuse)
    finding = examine_caller(Access("us-east-1"))

    assert finding.text == f"no usable AWS credentials: {cause}"
    assert fix in finding.fix


def test_the_doctors_last_line_counts() -> None:
    assert [summary(count, "dev") for count in range(3)] == ["dev can be deployed", "1 problem", "2 problems"]


@pytest.mark.usefixtures("access")
def test_a_check_that_is_not_permitted_is_a_problem_and_the_others_follow(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Iterator[Finding]:
        yield Finding(ok=True, text="the bucket exists")
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetBucketVersioning")

    monkeypatch.setattr(doctor, "examine_tools", lambda *_: [])
    monkeypatch.setattr(doctor, "examine_state", refuse)
    monkeypatch.setattr(doctor, "examine_concurrency", lambda *_: [Finding(ok=True, text="enough")])

    caller, bucket, refused, role, concurrency = examine(SAMPLE, ENVIRONMENT, Access("us-east-1"), progress)

    assert [caller.ok, bucket.ok, refused.ok, role.ok, concurrency.ok] == [True, True, False, False, True]
    assert "AccessDenied" in refused.text


@pytest.mark.parametrize(("total", "enough"), [(1000, True), (10, False), (399, False), (400, True)])
def test_concurrency_is_compared_with_what_the_settings_reserve(total: int, enough: bool) -> None:  # noqa: FBT001  # a parameter of the test
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_client_error("get_function_concurrency", "ResourceNotFoundException")
        limit = {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": total}
        stub.add_response("get_account_settings", {"AccountLimit": limit})
        (finding,) = examine_concurrency(client, SETTINGS)

    assert finding.ok is enough
    assert f"300 to reserve, {max(total - 100, 0)} available of the account's {total}" in finding.text
    if not enough:
        assert "--desired-value 400" in finding.fix


def test_what_is_reserved_already_does_not_count_against_it() -> None:
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_response("get_function_concurrency", {"ReservedConcurrentExecutions": 100})
        limit = {"ConcurrentExecutions": 400, "UnreservedConcurrentExecutions": 100}
        stub.add_response("get_account_settings", {"AccountLimit": limit})

        assert [finding.ok for finding in examine_concurrency(client, SETTINGS)] == [True]
