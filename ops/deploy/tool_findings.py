"""Examines what this machine must have: Terraform and the provider."""

from collections.abc import Iterator
from pathlib import Path

from ops.deploy.finding import Finding, problem, well
from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform.provider_lock import locked_provider_version
from ops.terraform.toolchain import find_toolchain
from ops.terraform.version import ACCEPTED, format_version, read_version


def examine_tools(project: Path, root: Path, progress: Progress) -> Iterator[Finding]:
    """Terraform's version and where the provider comes from.

    Args:
        project: The project's folder.
        root: The root that is to be applied.
        progress: Told what is fetched.
    """
    try:
        toolchain = find_toolchain(project, root, progress)
        version = locked_provider_version(root)
    except TerraformError as error:
        yield problem(str(error), "the message says what is missing")
        return
    found = read_version(toolchain.binary)
    yield well(f"Terraform {format_version(found) if found else '?'} (accepted: {ACCEPTED}) at {toolchain.binary}")
    yield well(f"AWS provider {version}, from {toolchain.description}")
