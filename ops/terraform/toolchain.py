"""Terraform and its provider, found once and then used on any root."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.project.progress import Progress
from ops.terraform.binary import find_terraform
from ops.terraform.configuration import configuration_variables
from ops.terraform.provider import find_provider
from ops.terraform.provider_lock import locked_provider_version
from ops.terraform.runner import Terraform

_API_KEY: Final = "TF_VAR_api_key"
_API_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class Toolchain:
    """A Terraform with a source for its provider.

    Attributes:
        binary: The terraform to run.
        configuration: The variables that lead it to the provider.
        description: Where the provider comes from, for people.
        progress: Told what Terraform does.
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
            environment: The variables of the AWS to talk to.
        """
        variables = {**fresh_api_key(), **environment, **self.configuration}
        return Terraform(self.binary, root, data, variables, self.progress)


def find_toolchain(project: Path, root: Path, progress: Progress) -> Toolchain:
    """Find Terraform and its provider on this machine, or fetch them.

    Args:
        project: The project's folder.
        root: The root whose lock file says which provider is needed.
        progress: Told what is fetched.

    Raises:
        TerraformError: One of them is missing and cannot be had.
    """
    build = project / "build"
    source = find_provider(locked_provider_version(root), os.environ, Path.home(), progress)
    binary = find_terraform(build, progress)
    return Toolchain(binary, configuration_variables(source, build), source.description, progress)


def fresh_api_key() -> dict[str, str]:
    """The variable `api_key` with a random value.

    The provider sends it only when the parameter is first created, or when the settings' `api_key_version` rises.
    """
    return {_API_KEY: secrets.token_urlsafe(_API_KEY_BYTES)}
