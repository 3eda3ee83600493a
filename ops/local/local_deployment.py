"""The environment on the embedded AWS as the deploying commands see it: `ENV=local`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from ops.aws.access import Access
from ops.deploy.deployment import Deployment
from ops.local.access_files import local_access, write_access
from ops.local.applied import Applied, read_applied, write_applied
from ops.local.applying import Applying
from ops.local.identities import as_caller
from ops.local.layout import Layout, default_layout
from ops.local.machine_lock import exclusively, share
from ops.packaging.packages import package_for_embedded
from ops.project.paths import EMBEDDED_ENVIRONMENT, LOCAL
from ops.project.progress import Progress
from ops.terraform.runner import Terraform

_UNKNOWN: Final = ""
"""The digest of an apply that `make up` did not make: the next one looks what is to be done."""


@dataclass(frozen=True)
class EmbeddedDeployment(Deployment):
    """The environment that `make up` applied, as the administrator."""

    @property
    def layout(self) -> Layout:
        """Where the embedded AWS keeps its things."""
        return default_layout(self.root)

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
            OpsError: It was never brought up, or does not run.
        """
        return local_access(self.layout.administrator_variables)

    @override
    def build_packages(self) -> None:
        package_for_embedded(self.root, self.layout.packages, self.progress)

    @override
    def terraform(self) -> Terraform:
        return Applying(self.root, self.layout, self.environment, self.access(), self.progress).terraform(
            self.environment
        )

    @override
    @contextmanager
    def changing(self) -> Iterator[None]:
        """Mark that an apply is under way, so that `make up` starts afresh after one that was killed."""
        applied = read_applied(self.layout)
        self.layout.applying.touch()
        try:
            if applied:
                write_applied(self.layout, Applied(_UNKNOWN, applied.outputs))
            yield
        finally:
            self.layout.applying.unlink()

    @override
    def record(self, outputs: dict[str, Any]) -> None:
        """Write the outputs to their file, and where they changed, to what the commands and clients read."""
        super().record(outputs)
        applied = read_applied(self.layout)
        if applied is None or applied.outputs != outputs:
            administrator = self.access()
            caller = as_caller(self.layout, administrator, outputs)
            write_access(self.layout, self.root / "envs" / self.environment, administrator, caller, outputs)
            write_applied(self.layout, Applied(_UNKNOWN, outputs))


@contextmanager
def open_deployment(root: Path, name: str, progress: Progress) -> Iterator[Deployment]:
    """The environment that ENV= names; on the embedded AWS it is nobody else's meanwhile.

    Args:
        root: The project's folder.
        name: `local` is the embedded AWS; anything else is an environment on AWS.
        progress: Told what happens.

    Raises:
        EmbeddedError: Another command is at work on the embedded AWS.
    """
    if name != LOCAL:
        yield Deployment(root, name, progress)
        return
    with exclusively(default_layout(root), progress) as lock:
        share(lock)
        yield EmbeddedDeployment(root, EMBEDDED_ENVIRONMENT, progress)
