"""One environment on real AWS: Terraform on its root with the user's own credentials."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.aws import Access
from ops.outputs import not_applied, outputs_file, read_outputs, write_outputs
from ops.progress import Progress
from ops.project import find_environment
from ops.terraform.errors import TerraformError
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import find_toolchain


@dataclass(frozen=True)
class Deployment:
    """An environment on real AWS.

    Attributes:
        root: The project's folder.
        environment: The environment's name.
        progress: Told what happens.
    """

    root: Path
    environment: str
    progress: Progress

    def access(self) -> Access:
        """The real AWS in the environment's region, with the user's credentials.

        Raises:
            OpsError: There is no such environment.
        """
        return Access(find_environment(self.root, self.environment).region)

    def terraform(self) -> Terraform:
        """Terraform on the environment's root.

        Raises:
            OpsError: Terraform or its provider is missing.
        """
        find_environment(self.root, self.environment)
        return terraform_on(self.root, self.root / "envs" / self.environment, self.environment, self.progress)

    def outputs(self) -> dict[str, Any]:
        """The outputs in the state, which an apply elsewhere may have changed; else those that were written last.

        Callers of the API need not have access to the state: then the file stands.

        Raises:
            OpsError: It is not applied, or neither can be read.
        """
        try:
            return self.refresh_outputs()
        except TerraformError as error:
            path = outputs_file(self.root, self.environment)
            written = read_outputs(path)
            if written is None:
                raise
            reason = str(error).partition("\n")[0].rstrip(":")
            self.progress.say(f"{reason}; using {path.relative_to(self.root)}, which may be out of date")
            return written

    def refresh_outputs(self) -> dict[str, Any]:
        """The outputs in the state, written to their file; where there are none, there is no file either.

        Raises:
            OpsError: The state cannot be read, or nothing is applied.
        """
        terraform = self.terraform()
        terraform.init("-reconfigure")
        outputs = terraform.outputs()
        path = outputs_file(self.root, self.environment)
        if not outputs:
            path.unlink(missing_ok=True)
            raise not_applied(self.environment)
        write_outputs(path, outputs)
        return outputs


def terraform_on(project: Path, folder: Path, name: str, progress: Progress) -> Terraform:
    """Terraform on a root of the real AWS, with the user's environment variables.

    Args:
        project: The project's folder.
        folder: The root's folder, or a copy of it.
        name: The root's name, by which its working data is kept.
        progress: Told what happens.

    Raises:
        OpsError: Terraform or its provider is missing.
    """
    toolchain = find_toolchain(project, folder, progress)
    return toolchain.on(folder, project / "build" / "terraform" / "data" / name, os.environ)
