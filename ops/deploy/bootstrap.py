"""Applies `envs/account`, which makes the very bucket that holds its own state.

Where the bucket does not exist yet, a copy of the root makes it, and nothing else, with a local state, which then moves
into the bucket. The local state stays until it has moved, so that an interrupted run goes on where it stopped.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from ops.aws.access import Access
from ops.project.errors import OpsError
from ops.project.paths import ACCOUNT
from ops.project.progress import Progress
from ops.terraform.runner import Terraform

BUCKET_ADDRESS: Final = "aws_s3_bucket.state"
"""The state bucket in the account's root."""
_OVERRIDE: Final = "backend_override.tf.json"
_NOT_FOUND: Final = "404"
_FORBIDDEN: Final = "403"

TerraformOn = Callable[[Path], Terraform]
"""Terraform on the root in a folder, always with the same working data."""


@dataclass(frozen=True)
class Bootstrap:
    """The first and every later apply of the account's root.

    Attributes:
        project: The project's folder.
        work: Where the copy of the root and its local state are kept until the state has moved.
        bucket: The state bucket.
        access: To the AWS to apply to.
        terraform: Makes Terraform on a folder.
        progress: Told what happens.
    """

    project: Path
    work: Path
    bucket: str
    access: Access
    terraform: TerraformOn
    progress: Progress

    def ensure_bucket(self) -> None:
        """Make the state bucket with a local state, where that is not done yet. `apply` moves the state into it.

        Raises:
            OpsError: The bucket belongs to someone else, or Terraform refused.
        """
        if self._is_under_way() or not self._bucket_exists():
            self.progress.say(f"the state bucket {self.bucket} does not exist yet: making it with a local state")
            self._apply_with_local_state()

    def apply(self) -> str:
        """Apply the account's root, its state being in the bucket, or moved there first.

        Returns:
            Terraform's count of what it changed.

        Raises:
            OpsError: Terraform refused.
        """
        terraform = self.terraform(self._root)
        if self._is_under_way():
            self.progress.say("moving the account's state into the bucket")
            terraform.init("-migrate-state", "-force-copy")
            shutil.rmtree(self.work)
        else:
            terraform.init("-reconfigure")
        return terraform.apply()

    @property
    def _root(self) -> Path:
        return self.project / "envs" / ACCOUNT

    @property
    def _state(self) -> Path:
        return self.work / "terraform.tfstate"

    def _is_under_way(self) -> bool:
        """Whether an earlier run made resources whose state has not moved yet; an emptied state has moved."""
        return self._state.is_file() and bool(json.loads(self._state.read_text() or "{}").get("resources"))

    def _apply_with_local_state(self) -> None:
        copy = self.work / "envs" / ACCOUNT
        for folder in (Path("envs") / ACCOUNT, Path("modules")):
            shutil.rmtree(self.work / folder, ignore_errors=True)
            if (self.project / folder).is_dir():
                ignored = shutil.ignore_patterns(".terraform")
                shutil.copytree(self.project / folder, self.work / folder, ignore=ignored)
        override = {"terraform": {"backend": {"local": {"path": str(self._state)}}}}
        (copy / _OVERRIDE).write_text(json.dumps(override))
        terraform = self.terraform(copy)
        terraform.init("-reconfigure")
        terraform.apply(f"-target={BUCKET_ADDRESS}")

    def _bucket_exists(self) -> bool:
        try:
            self.access.s3().head_bucket(Bucket=self.bucket)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            if code == _NOT_FOUND:
                return False
            if code == _FORBIDDEN:
                raise OpsError(
                    f"the state bucket {self.bucket} exists and these credentials may not read it: it belongs to "
                    "another account (S3 names are global: choose another in the settings' [state] bucket), "
                    "or these credentials lack s3:ListBucket"
                ) from error
            raise OpsError(f"the state bucket {self.bucket} cannot be looked up: {error}") from error
        return True
