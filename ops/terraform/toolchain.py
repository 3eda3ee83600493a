"""Terraform and its provider, found once and then used on any root."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.project.progress import Progress
from ops.terraform.binary import find_terraform
from ops.terraform.provider import find_provider, locked_provider_version
from ops.terraform.runner import Terraform

_API_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class Toolchain:
    """A Terraform with a source for its provider.

    Attributes:
        binary: The terraform to run.
        configuration: The environment variables that make it use that source.
        description: Where the provider comes from, for people.
        progress: Shows what Terraform does.
    """

    binary: Path
    configuration: Mapping[str, str]
    description: str
    progress: Progress

    def on(self, root: Path, data: Path, environment: Mapping[str, str]) -> Terraform:
        """Terraform on one root.

        The `api_key` variable gets a fresh random value where the environment gives none.

        Args:
            root: The root's folder.
            data: Where Terraform keeps its working data for this root and this AWS.
            environment: The variables of the AWS to call.
        """
        variables = {**fresh_api_key(), **environment, **self.configuration}
        return Terraform(self.binary, root, data, variables, self.progress)


def find_toolchain(project: Path, root: Path, progress: Progress) -> Toolchain:
    """Find Terraform and its provider on this machine, or fetch Terraform; the provider is fetched by `init`.

    Args:
        project: The project's folder.
        root: The root whose lock file names the provider's version.
        progress: Shows what is fetched.

    Raises:
        TerraformError: One of them is missing and cannot be fetched.
    """
    build = project / "build"
    source = find_provider(locked_provider_version(root), os.environ, build)
    configuration = {"TF_CLI_CONFIG_FILE": str(source.configuration)}
    return Toolchain(find_terraform(build, progress), configuration, source.description, progress)


def fresh_api_key() -> dict[str, str]:
    """The variable `api_key` with a random value.

    The provider sends it only when the parameter is first created, or when the settings' `api_key_version` rises.
    """
    return {"TF_VAR_api_key": secrets.token_urlsafe(_API_KEY_BYTES)}
