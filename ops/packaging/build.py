"""Builds the packages of one environment into a folder, each only where its inputs changed."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generate.naming import FUNCTIONS, LAYER_PACKAGE, digest_name, package_name
from ops.packaging.archive import zip_bytes
from ops.packaging.bytecode import with_bytecode
from ops.packaging.closure import module_closure
from ops.packaging.layer import RUNTIME_FOLDER, layer_files
from ops.packaging.limits import check_limits, sizes
from ops.packaging.target import Target
from ops.project.digest import digest_of, read_parts
from ops.project.progress import Progress

_CODE_FOLDER: Final = "/var/task"
"""Where Lambda unpacks a function's code."""


@dataclass(frozen=True)
class Recipe:
    """One package: its name, what it is made from, and how.

    Attributes:
        name: The file's name.
        inputs: Everything that decides over the package's bytes.
        files: Makes the content, without bytecode.
        folder: Where Lambda unpacks it.
    """

    name: str
    inputs: Mapping[str, bytes]
    files: Callable[[], Mapping[str, bytes]]
    folder: str


def build_packages(root: Path, target: Target, folder: Path, progress: Progress) -> list[Path]:
    """Build every package that changed, show the sizes, and check them against Lambda's limits.

    Args:
        root: The project's folder.
        target: What the packages must run on.
        folder: Where the zips go. Beside each lies `<name>.digest`, the value of Terraform's `source_code_hash`.
        progress: Told what is built.

    Returns:
        The functions' packages and, last, the layer.

    Raises:
        PackagingError: A package cannot be built or is too large.
    """
    if target.compiler is None:
        progress.say(f"no Python {target.version} on this machine, and none could be fetched: packages for")
        progress.say(f"  {target.description} have no bytecode, which makes cold starts about twice as slow")
    recipes = [*(_function(root, name, target) for name in FUNCTIONS), _layer(root, target, progress)]
    packages = [_build(recipe, folder, target, progress) for recipe in recipes]
    check_limits(packages[:-1], packages[-1])
    return packages


def _function(root: Path, name: str, target: Target) -> Recipe:
    sources = read_parts(module_closure(f"handlers.{name}", root), root)
    inputs = {**sources, **_common_inputs(root, target)}
    return Recipe(package_name(name), inputs, lambda: sources, _CODE_FOLDER)


def _layer(root: Path, target: Target, progress: Progress) -> Recipe:
    requirements = root / "ops" / "setup" / "requirements" / "layer.txt"
    inputs = {**read_parts([requirements], root), **_common_inputs(root, target)}
    return Recipe(LAYER_PACKAGE, inputs, lambda: layer_files(requirements, target, progress), RUNTIME_FOLDER)


def _common_inputs(root: Path, target: Target) -> dict[str, bytes]:
    """The tools and the target: another compiler or another rule makes other bytes."""
    tools = read_parts((root / "ops" / "packaging").glob("*.py"), root)
    return {**tools, "target": "\n".join((target.description, str(target.compiler), *target.wheels)).encode()}


def _build(recipe: Recipe, folder: Path, target: Target, progress: Progress) -> Path:
    package, record = folder / recipe.name, folder / f"{recipe.name}.inputs"
    inputs = digest_of(recipe.inputs)
    unchanged = package.is_file() and record.is_file() and record.read_text() == inputs
    if not unchanged:
        progress.say(f"building {package.name} for {target.description}")
        folder.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        files = recipe.files()
        compiled = with_bytecode(files, target.compiler, recipe.folder) if target.compiler else files
        package.write_bytes(zip_bytes(compiled))
        (folder / digest_name(recipe.name)).write_text(source_digest(files))
        record.write_text(inputs)
    zipped, unzipped = sizes(package)
    state = "unchanged" if unchanged else "built"
    progress.say(f"{package.name}: {zipped / 1e6:.2f} MB zipped, {unzipped / 1e6:.2f} MB unzipped, {state}")
    return package


def source_digest(files: Mapping[str, bytes]) -> str:
    """What Terraform compares to see whether a package changed: base64 of a SHA-256, as `filebase64sha256` gives it.

    It is of the content without bytecode, not of the archive: bytecode differs between releases of one Python, and
    compression between builds of zlib, so two machines would undo each other's deployment of one commit. The provider
    allows any digest (aws_lambda_function's `source_code_hash`: "does not need to match the hashing algorithm used by
    Lambda").
    """
    return base64.b64encode(bytes.fromhex(digest_of(files))).decode()
