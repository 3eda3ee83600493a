"""Builds the packages of an environment, for AWS or for the embedded AWS."""

from pathlib import Path

from ops.packaging.bill_of_materials import write_bill_of_materials
from ops.packaging.build import build_packages
from ops.packaging.target import host_target, lambda_target
from ops.project.paths import find_environment
from ops.project.progress import Progress
from ops.setup.environments import ensure


def packages_folder(root: Path, environment: str) -> Path:
    """Where an environment's packages for AWS lie; the generated roots look there by default."""
    return root / "build" / "packages" / environment


def package_for_aws(root: Path, name: str, progress: Progress) -> Path:
    """Build an environment's packages for Lambda's runtime and architecture, and the layer's bill of materials.

    Returns:
        Their folder.

    Raises:
        OpsError: There is no such environment, or a package cannot be built.
    """
    functions = find_environment(root, name).functions
    folder = packages_folder(root, name)
    target = lambda_target(functions.runtime, functions.architecture, progress)
    layer = build_packages(root, target, folder, progress)[-1]
    listed = write_bill_of_materials(layer, root / "ops" / "setup" / "requirements" / "layer.txt")
    progress.say(f"{listed.name}: what the layer consists of (CycloneDX)")
    return folder


def package_for_embedded(root: Path, folder: Path, progress: Progress) -> Path:
    """Build the packages for the interpreter that runs functions in the embedded AWS.

    Returns:
        Their folder, which is the one given.

    Raises:
        OpsError: A package cannot be built.
    """
    build_packages(root, host_target(ensure("embedded", progress)), folder, progress)
    return folder
