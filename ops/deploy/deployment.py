"""One environment on AWS: Terraform on its root with the user's own credentials."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.aws.access import Access
from ops.aws.credentials import CredentialsError
from ops.aws.embedded_guard import refuse_embedded
from ops.packaging.packages import package_for_aws
from ops.project.errors import OpsError, TerraformError
from ops.project.paths import LOCAL, find_environment
from ops.project.progress import Progress
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import find_toolchain
from ops.terraform.user_variables import usable_variables


@dataclass(frozen=True)
class Deployment:
    """An environment on AWS. `EmbeddedDeployment` is one on the embedded AWS.

    Its methods raise `OpsError` where there is no such environment, where the user's variables lead to the embedded
    AWS, where there are no usable credentials, and where Terraform is missing or fails.

    Attributes:
        root: The project's folder.
        environment: The environment's name: its folder under `envs/`.
        progress: Shows what happens.
    """

    root: Path
    environment: str
    progress: Progress

    @property
    def name(self) -> str:
        """The value of ENV."""
        return self.environment

    @property
    def place(self) -> str:
        """The environment and where it is, for people."""
        return f"{self.environment} on AWS"

    @property
    def plan_file(self) -> Path:
        """Where a plan is saved."""
        return self.root / "build" / "plans" / f"{self.environment}.tfplan"

    @property
    def outputs_file(self) -> Path:
        """Where the outputs are written."""
        return self.root / "build" / "outputs" / f"{self.environment}.json"

    def access(self) -> Access:
        """AWS in the environment's region, with the user's credentials."""
        region = find_environment(self.root, self.environment).region
        refuse_embedded(self.root, self.environment, os.environ)
        return Access(region)

    def check_caller(self, command: str) -> str:
        """The account that the credentials belong to, and who in it. Every command calls this first.

        Args:
            command: The user's command, which the error repeats for the embedded AWS.
        """
        try:
            return self.access().caller()
        except CredentialsError as error:
            local = f"make up, then {command} ENV={LOCAL}"
            raise OpsError(f"{error}; or without an AWS account, on this machine: {local}") from error

    def build_packages(self) -> None:
        """Build the functions' packages."""
        package_for_aws(self.root, self.environment, self.progress)

    def terraform(self) -> Terraform:
        """Terraform on the environment's root."""
        find_environment(self.root, self.environment)
        return terraform_on(self.root, self.root / "envs" / self.environment, self.environment, self.progress)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Within this context Terraform changes the environment."""
        yield

    def outputs(self) -> dict[str, Any]:
        """The outputs in the state; for a user who may not read the state, those that were written last."""
        try:
            return self.refresh_outputs()
        except TerraformError as error:
            if not self.outputs_file.exists():
                raise
            reason = str(error).partition("\n")[0].rstrip(":")
            file = self.outputs_file.relative_to(self.root)
            self.progress.say(f"{reason}; using {file}, which may be out of date")
            return dict(json.loads(self.outputs_file.read_text()))

    def refresh_outputs(self) -> dict[str, Any]:
        """The outputs in the state, written to their file; where nothing is applied the file is deleted."""
        terraform = self.terraform()
        terraform.init("-reconfigure")
        outputs = terraform.outputs()
        if not outputs:
            self.outputs_file.unlink(missing_ok=True)
            raise not_applied(self.name)
        self.record(outputs)
        return outputs

    def record(self, outputs: dict[str, Any]) -> None:
        """Write the outputs to their file, flat: names to values."""
        self.outputs_file.parent.mkdir(parents=True, exist_ok=True)
        self.outputs_file.write_text(json.dumps(outputs, indent=2, sort_keys=True) + "\n")


def not_applied(environment: str) -> OpsError:
    """The error of a command that needs an applied environment; `local` is the embedded AWS."""
    return OpsError(
        f"{environment} is not applied yet: make {'up' if environment == LOCAL else f'apply ENV={environment}'}"
    )


def terraform_on(project: Path, folder: Path, name: str, progress: Progress) -> Terraform:
    """Terraform on a root of AWS, with the user's environment variables as far as they do not contradict it.

    Args:
        project: The project's folder.
        folder: The root's folder.
        name: The root's name, by which its working data is kept.
        progress: Shows what happens.

    Raises:
        OpsError: Terraform or its provider is missing, or the user's variables choose another AWS or another state.
    """
    refuse_embedded(project, name, os.environ)
    variables = usable_variables(os.environ, log_file(project, name))
    toolchain = find_toolchain(project, folder, progress)
    return toolchain.on(folder, project / "build" / "terraform" / "data" / name, variables)


def log_file(project: Path, name: str) -> Path:
    """Where Terraform's log of a root goes, if the user asks for one and names no file."""
    return project / "build" / "terraform" / f"{name}.log"
