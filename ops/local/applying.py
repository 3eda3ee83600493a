"""Applies the committed roots to the embedded AWS: the same bytes that go to AWS."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generate.reading import read_account
from ops.aws.access import Access
from ops.deploy.bootstrap import apply_account, ensure_state_bucket
from ops.local.access_files import relative_packages
from ops.local.applied import Applied, inputs_digest, read_applied, write_applied
from ops.local.layout import Layout
from ops.local.variables import isolated_variables
from ops.project.paths import ACCOUNT
from ops.project.progress import Progress
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import Toolchain, find_toolchain
from ops.terraform.user_variables import PACKAGES


@dataclass(frozen=True)
class Applying:
    """The roots of one environment on one embedded AWS.

    Attributes:
        project: The project's folder.
        layout: Where the embedded AWS keeps its things.
        environment: The environment to apply.
        administrator: Access as the administrator.
        progress: Told what happens.
    """

    project: Path
    layout: Layout
    environment: str
    administrator: Access
    progress: Progress

    def ensure_applied(self, build_packages: Callable[[], object]) -> dict[str, Any]:
        """Apply the account's root and the environment's where anything changed since the last time.

        Args:
            build_packages: Returns when the functions' packages are there; the state bucket is made meanwhile.

        Returns:
            The environment's outputs by name.

        Raises:
            OpsError: Terraform is missing or refused.
        """
        applied = read_applied(self.layout)
        if applied and applied.digest == self._digest(build_packages):
            self.progress.say(f"{self.environment} is applied, and nothing has changed since")
            return applied.outputs
        toolchain = self._toolchain()
        self.progress.say(f"Terraform: {toolchain.binary}; the AWS provider: {toolchain.description}")
        self.layout.applying.touch()
        try:
            outputs = self._apply(toolchain, build_packages)
        finally:  # however Terraform ended, it ended in good order and wrote its state; a killed run never gets here
            self.layout.applying.unlink()
        write_applied(self.layout, Applied(self._digest(build_packages), outputs))
        return outputs

    def terraform(self, root: str) -> Terraform:
        """Terraform on one of the roots, as the administrator.

        Args:
            root: The root's name under `envs/`.
        """
        return self._terraform_on(self._toolchain(), self.project / "envs" / root)

    def _digest(self, build_packages: Callable[[], object]) -> str:
        build_packages()
        return inputs_digest(self.project, self.environment, self.layout.packages)

    def _apply(self, toolchain: Toolchain, build_packages: Callable[[], object]) -> dict[str, Any]:
        """Apply both roots at once, when the bucket that holds their states is there: both mostly wait."""
        state = read_account(self.project).state
        ensure_state_bucket(replace(self.administrator, region=state.region), state.bucket, self.progress)
        terraform = self._terraform_on(toolchain, self.project / "envs" / ACCOUNT)
        self.progress.say(f"applying account and {self.environment}; most of it is the provider's own waits")
        with ThreadPoolExecutor(max_workers=1) as pool:
            account = pool.submit(apply_account, terraform, state.bucket)
            build_packages()
            outputs = self._apply_environment(toolchain)
            self.progress.say(f"account: {account.result()}")
        return outputs

    def _apply_environment(self, toolchain: Toolchain) -> dict[str, Any]:
        terraform = self._terraform_on(toolchain, self.project / "envs" / self.environment)
        terraform.init("-reconfigure")
        self.progress.say(f"{self.environment}: {terraform.apply()}")
        return terraform.outputs()

    def _toolchain(self) -> Toolchain:
        return find_toolchain(self.project, self.project / "envs" / self.environment, self.progress)

    def _terraform_on(self, toolchain: Toolchain, folder: Path) -> Terraform:
        packages = {PACKAGES: relative_packages(self.layout, folder)}
        environment = {**isolated_variables(), **self.administrator.variables(), **packages}
        return toolchain.on(folder, self.layout.terraform / folder.name, environment)
