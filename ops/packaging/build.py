"""Builds the packages of one environment into a folder, each only where its inputs changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generate.naming import FUNCTIONS, LAYER_PACKAGE, package_name
from ops.digest import digest_of, read_parts
from ops.packaging.archive import zip_bytes
from ops.packaging.bytecode import with_bytecode
from ops.packaging.closure import module_closure
from ops.packaging.layer import layer_files
from ops.packaging.limits import check_limits, sizes
from ops.packaging.target import Target
from ops.progress import Progress

_CODE_FOLDER: Final = "/var/task"
"""Where Lambda unpacks a function's code."""


@dataclass(frozen=True)
class Recipe:
    """One package: its name, what it is made from, and how.

    Attributes:
        name: The file's name.
        inputs: Everything that decides over the package's bytes.
        files: Makes the content.
    """

    name: str
    inputs: Mapping[str, bytes]
    files: Callable[[], Mapping[str, bytes]]


def build_packages(root: Path, target: Target, folder: Path, progress: Progress) -> list[Path]:
    """Build every package that changed, tell the sizes, and check them against Lambda's limits.

    Args:
        root: The project's folder.
        target: What the packages must run on.
        folder: Where the zips go, each with a digest of its inputs beside it.
        progress: Told what is built.

    Returns:
        The functions' packages and, last, the layer.

    Raises:
        PackagingError: A package cannot be built or is too large.
    """
    if target.compiler is None:
        progress.say(f"no Python {target.python.split()[0]} on this machine: packages for {target.description} go")
        progress.say("  without bytecode, which makes cold starts about twice as slow")
    recipes = [*(_function(root, name, target) for name in FUNCTIONS), _layer(root, target)]
    packages = [_build(recipe, folder, target, progress) for recipe in recipes]
    check_limits(packages[:-1], packages[-1])
    return packages


def _function(root: Path, name: str, target: Target) -> Recipe:
    sources = read_parts(module_closure(f"handlers.{name}", root), root)

    def files() -> Mapping[str, bytes]:
        return with_bytecode(sources, target.compiler, _CODE_FOLDER) if target.compiler else sources

    return Recipe(package_name(name), {**sources, **_common_inputs(root, target)}, files)


def _layer(root: Path, target: Target) -> Recipe:
    requirements = root / "ops" / "requirements" / "layer.txt"
    inputs = {**read_parts([requirements], root), **_common_inputs(root, target)}
    return Recipe(LAYER_PACKAGE, inputs, lambda: layer_files(requirements, target))


def _common_inputs(root: Path, target: Target) -> dict[str, bytes]:
    """The tools and the target: another compiler or another rule makes other bytes."""
    tools = read_parts((root / "ops" / "packaging").glob("*.py"), root)
    return {**tools, "target": "\n".join((target.description, target.python, *target.tags)).encode()}


def _build(recipe: Recipe, folder: Path, target: Target, progress: Progress) -> Path:
    package = folder / recipe.name
    record = package.with_suffix(".inputs")
    digest = digest_of(recipe.inputs)
    unchanged = package.is_file() and record.is_file() and record.read_text() == digest
    if not unchanged:
        progress.say(f"building {package.name} for {target.description}")
        content = zip_bytes(recipe.files())
        folder.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        package.write_bytes(content)
        record.write_text(digest)
    zipped, unzipped = sizes(package)
    state = "unchanged" if unchanged else "built"
    progress.say(f"{package.name}: {zipped / 1e6:.2f} MB zipped, {unzipped / 1e6:.2f} MB unzipped, {state}")
    return package
