"""What would stop a deployment: each problem comes with its remedy."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from generate.reading import read_environment
from ops.aws.access import Access
from ops.deploy.account_findings import examine_caller, examine_concurrency, examine_logging_role
from ops.deploy.doctor import summary
from ops.deploy.state_findings import examine_state
from tests.support.sample import ENVIRONMENT, SAMPLE

SETTINGS = read_environment(SAMPLE, ENVIRONMENT)
BUCKET, KEY = "state", "dev/iot-pipeline.tfstate"


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
        (finding,) = examine_concurrency(client, SETTINGS)

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

        assert [finding.well for finding in examine_concurrency(client, SETTINGS)] == [True]
