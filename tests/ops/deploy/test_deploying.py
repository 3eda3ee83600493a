"""Deploying asks first, and bootstraps an account from nothing or from an interruption."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from ops.aws.access import Access
from ops.deploy.bootstrap import apply_account, ensure_state_bucket
from ops.deploy.changing import apply, destroy, has_drifted, plan
from ops.deploy.confirmation import confirm
from ops.deploy.deployment import Deployment
from ops.project.errors import OpsError, TerraformError
from ops.project.progress import Progress
from tests.support.sample import ENVIRONMENT, SAMPLE

BUCKET = "a-state-bucket"


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
    """Terraform as far as a bootstrap needs it: an S3 backend, which contains the bucket after an import."""

    calls: list[str] = field(default_factory=list)
    fails_at: str = ""
    state: str = ""

    def init(self, *options: str) -> None:
        self._call("init", *options)

    def run(self, *arguments: str) -> str:
        self._call(*arguments)
        if arguments[0] == "import":
            self.state = json.dumps({"resources": [{"type": "aws_s3_bucket", "name": "state"}]})
        return self.state

    def apply(self) -> str:
        self._call("apply")
        return "done"

    def _call(self, *words: str) -> None:
        if self.fails_at == words[0]:
            raise TerraformError(f"{words[0]} was interrupted")
        self.calls.append(" ".join(words))


BEFORE_IMPORT = ["init -reconfigure", "state pull"]
IMPORT = f"import -input=false -no-color aws_s3_bucket.state {BUCKET}"


def bootstrap(terraform: FakeTerraform, progress: Progress) -> str:
    on_account: Any = terraform
    ensure_state_bucket(Access("us-east-1"), BUCKET, progress)
    return apply_account(on_account, BUCKET)


def buckets() -> list[str]:
    return [bucket["Name"] for bucket in Access("us-east-1").s3().list_buckets()["Buckets"]]


@mock_aws
def test_a_new_account_gets_its_bucket_first_and_terraform_imports_it(progress: Progress, said: StringIO) -> None:
    terraform = FakeTerraform()

    assert bootstrap(terraform, progress) == "done"

    assert terraform.calls == [*BEFORE_IMPORT, IMPORT, "apply"]
    assert buckets() == [BUCKET]
    assert f"creating the state bucket {BUCKET}" in said.getvalue()


@mock_aws
def test_the_bucket_is_created_in_its_region(progress: Progress) -> None:
    ensure_state_bucket(Access("eu-west-1"), BUCKET, progress)

    assert Access("eu-west-1").s3().get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == "eu-west-1"


@mock_aws
def test_a_bucket_that_exists_is_not_created_or_imported_again(progress: Progress) -> None:
    terraform = FakeTerraform()
    bootstrap(terraform, progress)
    terraform.calls.clear()
    quiet = StringIO()

    bootstrap(terraform, Progress(quiet))

    assert terraform.calls == [*BEFORE_IMPORT, "apply"]
    assert quiet.getvalue() == ""


@mock_aws
@pytest.mark.parametrize("step", ["init", "import", "apply"])
def test_the_run_after_an_interruption_goes_on_from_there(step: str, progress: Progress) -> None:
    terraform = FakeTerraform(fails_at=step)
    with pytest.raises(TerraformError, match="interrupted"):
        bootstrap(terraform, progress)
    imported = step == "apply"
    terraform.fails_at = ""
    terraform.calls.clear()

    bootstrap(terraform, progress)

    assert terraform.calls == [*BEFORE_IMPORT, *([] if imported else [IMPORT]), "apply"]


@pytest.mark.parametrize(
    ("status", "message"), [(403, "belongs to another account"), (400, "a-state-bucket cannot be looked up")]
)
def test_a_bucket_that_cannot_be_used_is_named_with_the_reason(
    status: int, message: str, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Access("us-east-1").s3()
    monkeypatch.setattr(Access, "s3", lambda _: client)

    with Stubber(client) as stub:
        stub.add_client_error("head_bucket", str(status), http_status_code=status)
        with pytest.raises(OpsError, match=message):
            bootstrap(FakeTerraform(), progress)


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
