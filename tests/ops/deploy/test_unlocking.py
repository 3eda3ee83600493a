"""A state's lock is shown to whoever asks, and lifted only by its own ID."""

import json
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from ops.aws.access import Access
from ops.cli.command import main
from ops.deploy.deployment import Deployment
from ops.deploy.unlocking import unlock
from ops.project.errors import OpsError
from ops.project.paths import find_environment
from ops.project.progress import Progress
from tests.support.sample import ENVIRONMENT, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client

BUCKET = find_environment(SAMPLE, ENVIRONMENT).state.bucket
LOCK_KEY = "dev/iot-pipeline.tfstate.tflock"
LOCK = {
    "ID": "1234",
    "Operation": "OperationTypeApply",
    "Who": "ann@desk",
    "Version": "1.11.4",
    "Created": "2026-11-23T10:15:30Z",
}


@dataclass
class FakeTerraform:
    lifted: list[str] = field(default_factory=list)

    def init(self, *_options: str) -> None: ...

    def force_unlock(self, lock: str) -> None:
        self.lifted.append(lock)


@pytest.fixture
def s3() -> "Iterator[S3Client]":
    with mock_aws():
        yield Access("us-east-1").s3()


@pytest.fixture
def locked(s3: "S3Client") -> "S3Client":
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=LOCK_KEY, Body=json.dumps(LOCK))
    return s3


@pytest.fixture
def terraform(monkeypatch: pytest.MonkeyPatch) -> FakeTerraform:
    fake = FakeTerraform()
    monkeypatch.setattr("ops.cli.deploying.ROOT", SAMPLE)
    monkeypatch.setattr(Deployment, "terraform", lambda _: fake)
    return fake


@pytest.fixture
def deployment(progress: Progress) -> Deployment:
    return Deployment(SAMPLE, ENVIRONMENT, progress)


@pytest.mark.usefixtures("locked")
def test_without_an_id_the_lock_is_shown_and_stays(
    terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["unlock", "--env=dev"]) == 0

    shown = capsys.readouterr().out
    assert [value for value in LOCK.values() if value not in shown] == []
    assert "Nothing was lifted" in shown
    assert "make unlock ENV=dev ID=1234" in shown
    assert terraform.lifted == []


@pytest.mark.usefixtures("locked")
def test_its_id_lifts_the_lock(terraform: FakeTerraform, deployment: Deployment, said: StringIO) -> None:
    unlock(deployment, "1234")

    assert terraform.lifted == ["1234"]
    assert "lifted the lock 1234 of ann@desk since 2026-11-23T10:15:30Z (OperationTypeApply)" in said.getvalue()


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("wrong", ["4321", ""])
def test_another_id_is_refused_with_the_one_that_holds(
    wrong: str, terraform: FakeTerraform, deployment: Deployment
) -> None:
    with pytest.raises(OpsError, match=r"locked by ann@desk.*ID 1234\. Nothing was lifted"):
        unlock(deployment, wrong)
    assert terraform.lifted == []


@pytest.mark.parametrize("identifier", [None, "1234"])
def test_no_lock_is_told(
    identifier: str | None, s3: "S3Client", terraform: FakeTerraform, deployment: Deployment, said: StringIO
) -> None:
    s3.create_bucket(Bucket=BUCKET)

    unlock(deployment, identifier)

    assert "the state of dev is not locked" in said.getvalue()
    assert terraform.lifted == []


@pytest.mark.usefixtures("s3")
def test_a_missing_bucket_is_told_with_its_remedy(deployment: Deployment) -> None:
    with pytest.raises(OpsError, match="does not exist yet: make bootstrap"):
        unlock(deployment, None)


@pytest.mark.parametrize("content", ["", "[]", '"text"', "{}"])
def test_what_is_no_lock_is_shown_as_it_is(content: Any, locked: "S3Client", deployment: Deployment) -> None:
    locked.put_object(Bucket=BUCKET, Key=LOCK_KEY, Body=content)

    with pytest.raises(OpsError, match="is no lock that Terraform wrote"):
        unlock(deployment, None)
