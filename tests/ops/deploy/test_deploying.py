"""Deploying asks first, tells differences in words, and bootstraps an account from nothing or from half way."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from ops.aws.access import Access
from ops.deploy.bootstrap import Bootstrap
from ops.deploy.changing import apply, destroy, has_drifted, plan
from ops.deploy.confirmation import confirm
from ops.deploy.deployment import Deployment
from ops.deploy.differences import planned_changes
from ops.project.errors import OpsError, TerraformError
from ops.project.progress import Progress
from tests.support.sample import ENVIRONMENT, SAMPLE

BUCKET = "a-state-bucket"


def change(actions: list[str], **values: Any) -> dict[str, Any]:
    return {"address": "aws_sqs_queue.a", "change": {"actions": actions, **values}}


def test_a_plan_is_told_in_words() -> None:
    update = change(
        ["update"], before={"a": 1, "b": 2}, after={"a": 1, "b": 3}, after_unknown={"c": True, "d": [False]}
    )
    plan = {"resource_changes": [update, change(["no-op"])], "output_changes": {"Url": {"actions": ["create"]}}}

    assert planned_changes(plan) == ["aws_sqs_queue.a would be changed in place: b, c", "output Url would change"]


def test_what_was_changed_on_aws_is_told_apart() -> None:
    update = change(["update"], before={"a": 1}, after={"a": 2})
    drift = change(["update"], before={"a": 2, "tags": None}, after={"a": 1, "tags": {}})

    assert planned_changes({"resource_changes": [update], "resource_drift": [drift]}) == [
        "aws_sqs_queue.a would be changed in place: a (it was changed on AWS)"
    ]


def test_what_a_provider_writes_for_nothing_is_no_difference() -> None:
    assert planned_changes({"resource_changes": [change(["no-op"], before={"tags": None}, after={"tags": {}})]}) == []


@pytest.mark.parametrize("given", ["yes", "1", "true", "YES"])
def test_approval_in_the_environment_is_enough(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPROVE", given)

    confirm("This changes dev.")


@pytest.mark.parametrize("given", ["", "no", "0", "dev", "sure"])
def test_anything_else_does_not_confirm_and_is_named(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPROVE", given)

    with pytest.raises(
        OpsError, match=rf"^This changes dev\. APPROVE={given} does not confirm it\. .* set APPROVE=yes$"
    ):
        confirm("This changes dev.")


@pytest.mark.parametrize("given", ["", "yes"])
def test_destroying_asks_for_the_name(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPROVE", given)

    with pytest.raises(OpsError, match="Not a terminal: set APPROVE=dev"):
        confirm("This destroys dev.", answer="dev")


@dataclass
class FakeTerraform:
    """Terraform as far as a bootstrap needs it: a local state, then the bucket's."""

    calls: list[str] = field(default_factory=list)
    fails_at: str = ""
    folder: Path = Path()

    def on(self, folder: Path) -> Any:
        self.folder = folder
        return self

    def init(self, *options: str) -> None:
        self._call(f"init {' '.join(options)}")

    def apply(self, *arguments: str) -> str:
        self._call(f"apply {' '.join(arguments)}".strip())
        override = self.folder / "backend_override.tf.json"
        if override.is_file():
            Access("us-east-1").s3().create_bucket(Bucket=BUCKET)
            state = Path(json.loads(override.read_text())["terraform"]["backend"]["local"]["path"])
            state.write_text(json.dumps({"resources": [{"type": "aws_s3_bucket"}]}))
        return "done"

    def _call(self, call: str) -> None:
        if self.fails_at and self.fails_at in call:
            raise TerraformError(f"{call} was interrupted")
        self.calls.append(call)


LOCAL_APPLY = ["init -reconfigure", "apply -target=aws_s3_bucket.state"]
MIGRATE = ["init -migrate-state -force-copy"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "envs/account").mkdir(parents=True)
    (tmp_path / "envs/account/main.tf.json").write_text("{}")
    return tmp_path


def bootstrap(project: Path, terraform: FakeTerraform, progress: Progress) -> Bootstrap:
    on: Any = terraform.on
    return Bootstrap(project, project / "build", BUCKET, Access("us-east-1"), on, progress)


def make_bucket_and_apply(account: Bootstrap) -> None:
    account.ensure_bucket()
    account.apply()


@mock_aws
def test_a_new_account_gets_its_bucket_first_and_the_state_moves_in(project: Path, progress: Progress) -> None:
    terraform = FakeTerraform()
    account = bootstrap(project, terraform, progress)

    account.ensure_bucket()
    assert terraform.calls == LOCAL_APPLY
    account.apply()

    assert terraform.calls == LOCAL_APPLY + MIGRATE + ["apply"]
    assert not (project / "build").exists()
    assert [path.name for path in (project / "envs/account").iterdir()] == ["main.tf.json"]


@mock_aws
def test_a_bucket_that_is_there_is_left_alone(project: Path, progress: Progress) -> None:
    Access("us-east-1").s3().create_bucket(Bucket=BUCKET)
    terraform = FakeTerraform()

    bootstrap(project, terraform, progress).ensure_bucket()

    assert terraform.calls == []


@mock_aws
def test_a_state_that_did_not_move_yet_moves_with_the_next_run(project: Path, progress: Progress) -> None:
    with pytest.raises(TerraformError, match="interrupted"):
        make_bucket_and_apply(bootstrap(project, FakeTerraform(fails_at="migrate"), progress))
    again = FakeTerraform()

    make_bucket_and_apply(bootstrap(project, again, progress))

    assert again.calls == LOCAL_APPLY + MIGRATE + ["apply"]
    assert not (project / "build").exists()


@mock_aws
def test_a_state_that_moved_before_the_run_ended_does_not_move_back(project: Path, progress: Progress) -> None:
    Access("us-east-1").s3().create_bucket(Bucket=BUCKET)
    (project / "build").mkdir()
    (project / "build/terraform.tfstate").touch()
    terraform = FakeTerraform()

    make_bucket_and_apply(bootstrap(project, terraform, progress))

    assert terraform.calls == ["init -reconfigure", "apply"]


def test_somebody_elses_bucket_is_told_with_what_to_do(
    project: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forbidden:
        def head_bucket(self, Bucket: str) -> None:  # noqa: N803  # boto3's name
            raise ClientError({"Error": {"Code": "403", "Message": Bucket}}, "HeadBucket")

    monkeypatch.setattr(Access, "s3", lambda _: Forbidden())

    with pytest.raises(OpsError, match="belongs to another account"):
        bootstrap(project, FakeTerraform(), progress).ensure_bucket()


@pytest.mark.parametrize("command", [plan, apply, destroy, has_drifted])
def test_without_credentials_nothing_starts(
    command: Callable[[Deployment], object], progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(OpsError, match="no usable AWS credentials"):
        command(Deployment(SAMPLE, ENVIRONMENT, progress))


def test_protected_tables_are_not_destroyed(progress: Progress, tmp_path: Path) -> None:
    (tmp_path / "envs/kept").mkdir(parents=True)
    (tmp_path / "envs/kept/settings.toml").write_text("data.deletion_protection = true\n")

    with pytest.raises(OpsError, match=r"protected from deletion.*envs/kept/settings\.toml"):
        destroy(Deployment(tmp_path, "kept", progress))
