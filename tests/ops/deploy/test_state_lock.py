"""A state's lock is shown, and removed only by its own ID."""

import json
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from ops.aws.access import Access
from ops.cli.command import main
from ops.deploy.deployment import Deployment
from ops.deploy.state_lock import unlock
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
    "Created": "2026-11-23T10:15:30Z",
}


@dataclass
class FakeTerraform:
    ran: list[tuple[str, ...]] = field(default_factory=list)

    def init(self, *_options: str) -> None: ...

    def run(self, *arguments: str) -> None:
        self.ran.append(arguments)


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
def test_without_an_id_the_lock_is_shown_and_kept(terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unlock", "--env=dev"]) == 0

    shown = capsys.readouterr().out
    assert [value for value in LOCK.values() if value not in shown] == []
    assert "Nothing was removed" in shown
    assert "make unlock ENV=dev ID=1234" in shown
    assert terraform.ran == []


@pytest.mark.usefixtures("locked")
def test_its_id_removes_the_lock(terraform: FakeTerraform, deployment: Deployment, said: StringIO) -> None:
    unlock(deployment, "1234")

    assert terraform.ran == [("force-unlock", "-force", "1234")]
    assert "removed the lock 1234 of ann@desk since 2026-11-23T10:15:30Z (OperationTypeApply)" in said.getvalue()


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("wrong", ["4321", ""])
def test_another_id_is_refused_with_the_id_of_the_lock(
    wrong: str, terraform: FakeTerraform, deployment: Deployment
) -> None:
    with pytest.raises(OpsError, match=r"locked by ann@desk.*ID 1234\. Nothing was removed"):
        unlock(deployment, wrong)
    assert terraform.ran == []


@pytest.mark.parametrize("identifier", [None, "1234"])
def test_an_unlocked_state_is_reported(
    identifier: str | None, s3: "S3Client", terraform: FakeTerraform, deployment: Deployment, said: StringIO
) -> None:
    s3.create_bucket(Bucket=BUCKET)

    unlock(deployment, identifier)

    assert "the state of dev is not locked" in said.getvalue()
    assert terraform.ran == []


@pytest.mark.usefixtures("s3")
def test_a_missing_bucket_has_its_fix(deployment: Deployment) -> None:
    with pytest.raises(OpsError, match="does not exist yet: make bootstrap"):
        unlock(deployment, None)


@pytest.mark.parametrize("content", ["", "[]", '"text"', "{}"])
def test_another_object_than_a_lock_is_shown_as_it_is(content: Any, locked: "S3Client", deployment: Deployment) -> None:
    locked.put_object(Bucket=BUCKET, Key=LOCK_KEY, Body=content)

    with pytest.raises(OpsError, match="is not a lock that Terraform wrote"):
        unlock(deployment, None)
