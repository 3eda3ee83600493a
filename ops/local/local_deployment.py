"""The environment on the embedded AWS, to which the same files are applied as to AWS: `ENV=local`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from typing_extensions import override

from generate.reading import read_account
from ops.aws.access import Access
from ops.deploy.bootstrap import apply_account, ensure_state_bucket
from ops.deploy.deployment import Deployment
from ops.local.access_files import local_access, relative_packages, write_access
from ops.local.layout import Layout, default_layout, exclusively
from ops.local.record import applying, change_record, inputs_digest, read_record
from ops.local.users import as_caller
from ops.local.variables import isolated_variables
from ops.packaging.packages import build_packages
from ops.packaging.target import host_target
from ops.project.paths import ACCOUNT, EMBEDDED_ENVIRONMENT, LOCAL
from ops.project.progress import Progress
from ops.setup.environments import ensure
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import Toolchain, find_toolchain
from ops.terraform.user_variables import PACKAGES


@dataclass(frozen=True)
class EmbeddedDeployment(Deployment):
    """An environment on one embedded AWS, as its administrator.

    Attributes:
        layout: The files of the embedded AWS.
        administrator: Access as the administrator; None is what `make up` wrote last.
    """

    layout: Layout
    administrator: Access | None = None

    @property
    @override
    def name(self) -> str:
        return LOCAL

    @property
    @override
    def place(self) -> str:
        return f"{self.environment} on the embedded AWS"

    @property
    @override
    def plan_file(self) -> Path:
        return self.layout.home / "plan.tfplan"

    @property
    @override
    def outputs_file(self) -> Path:
        return self.layout.outputs

    @override
    def access(self) -> Access:
        """The embedded AWS, as its administrator.

        Raises:
            OpsError: `make up` was never run, or the embedded AWS does not run.
        """
        return self.administrator or local_access(self.layout.administrator_variables)

    @override
    def build_packages(self) -> None:
        target = host_target(ensure("embedded", self.progress))
        build_packages(self.root, target, self.layout.packages, self.progress)

    @override
    def terraform(self) -> Terraform:
        return self._terraform_on(self._toolchain(), self._root)

    @override
    @contextmanager
    def changing(self) -> Iterator[None]:
        with applying(self.layout):
            yield

    @override
    def record(self, outputs: dict[str, Any]) -> None:
        """Write the outputs to their file; where they changed, also to the files that clients and commands read."""
        super().record(outputs)
        if read_record(self.layout).outputs != outputs:
            self.grant_access(outputs)
            change_record(self.layout, digest="", outputs=outputs)

    def grant_access(self, outputs: dict[str, Any]) -> Access:
        """Write the files that clients source, and return access as the user who may call the API and nothing else."""
        administrator = self.access()
        caller = as_caller(self.layout, administrator, outputs)
        write_access(self.layout, self._root, administrator, caller, outputs)
        return caller

    def ensure_applied(self, build_packages: Callable[[], object]) -> dict[str, Any]:
        """Apply the account's and the environment's root where anything changed since the last time.

        Args:
            build_packages: Returns when the functions' packages are built.

        Returns:
            The environment's outputs by name.

        Raises:
            OpsError: Terraform is missing or failed.
        """
        record = read_record(self.layout)
        if record.digest and record.digest == self._digest(build_packages):
            self.progress.say(f"{self.environment} is applied, and nothing has changed since")
            return record.outputs
        toolchain = self._toolchain()
        self.progress.say(f"Terraform: {toolchain.binary}; the AWS provider: {toolchain.provider.description}")
        with self.changing():
            outputs = self._apply_roots(toolchain, build_packages)
        change_record(self.layout, digest=self._digest(build_packages), outputs=outputs)
        return outputs

    def _apply_roots(self, toolchain: Toolchain, build_packages: Callable[[], object]) -> dict[str, Any]:
        """Apply both roots at once, when the bucket of their states exists: they mostly wait for the provider.

        The environment begins first, because it takes longer, and planning keeps a processor busy.
        """
        state = read_account(self.root).state
        ensure_state_bucket(replace(self.access(), region=state.region), state.bucket, self.progress)
        self.progress.say(f"applying account and {self.environment}; most of the time, the provider waits")
        build_packages()
        terraform = self._terraform_on(toolchain, self._root)
        terraform.init("-reconfigure")
        with ThreadPoolExecutor(max_workers=1) as pool:
            on_account = self._terraform_on(toolchain, self.root / "envs" / ACCOUNT)
            account = pool.submit(apply_account, on_account, state.bucket)
            self.progress.say(f"{self.environment}: {terraform.apply()}")
            self.progress.say(f"account: {account.result()}")
        return terraform.outputs()

    @property
    def _root(self) -> Path:
        return self.root / "envs" / self.environment

    def _digest(self, build_packages: Callable[[], object]) -> str:
        build_packages()
        return inputs_digest(self.root, self.environment, self.layout.packages)

    def _toolchain(self) -> Toolchain:
        return find_toolchain(self.root, self._root, self.progress)

    def _terraform_on(self, toolchain: Toolchain, folder: Path) -> Terraform:
        packages = {PACKAGES: relative_packages(self.layout, folder)}
        environment = {**isolated_variables(), **self.access().variables(), **packages}
        return toolchain.on(folder, self.layout.terraform / folder.name, environment)


@contextmanager
def open_deployment(root: Path, name: str, progress: Progress) -> Iterator[Deployment]:
    """The environment that ENV= names. No other command works on the embedded AWS meanwhile.

    Args:
        root: The project's folder.
        name: `local` is the embedded AWS; anything else is an environment on AWS.
        progress: Shows what happens.

    Raises:
        EmbeddedError: Another command works on the embedded AWS.
    """
    if name != LOCAL:
        yield Deployment(root, name, progress)
        return
    layout = default_layout(root)
    with exclusively(layout):
        yield EmbeddedDeployment(root, EMBEDDED_ENVIRONMENT, progress, layout)
