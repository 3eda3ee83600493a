"""Builds what Lambda runs into a folder, each package only where its inputs changed."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from generate.naming import FUNCTIONS, LAYER_PACKAGE, digest_name, package_name
from ops.packaging.archive import with_bytecode, zip_bytes
from ops.packaging.bill_of_materials import write_bill_of_materials
from ops.packaging.closure import module_closure
from ops.packaging.layer import layer_files
from ops.packaging.target import Target, lambda_target
from ops.project.digest import digest_of, read_parts
from ops.project.paths import find_environment
from ops.project.progress import Progress

_LAYER_PINS: Final = Path("ops") / "setup" / "requirements" / "layer.txt"


class _Recipe(NamedTuple):
    """One package.

    Attributes:
        name: The file's name.
        inputs: Everything that its bytes depend on.
        make_files: Makes its content, without bytecode.
        unpacked: Where Lambda unpacks it.
    """

    name: str
    inputs: Mapping[str, bytes]
    make_files: Callable[[], Mapping[str, bytes]]
    unpacked: str


def package_for_aws(root: Path, name: str, progress: Progress) -> Path:
    """Build an environment's packages for Lambda's runtime and architecture, and the layer's bill of materials.

    Returns:
        Their folder, where the generated roots look for them by default.

    Raises:
        OpsError: There is no such environment, or a package cannot be built.
    """
    functions = find_environment(root, name).functions
    folder = root / "build" / "packages" / name
    target = lambda_target(functions.runtime, functions.architecture, progress)
    layer = build_packages(root, target, folder, progress)[-1]
    written = write_bill_of_materials(layer, root / _LAYER_PINS, progress)
    progress.say(f"{written.name}: what the layer consists of (CycloneDX)")
    return folder


def build_packages(root: Path, target: Target, folder: Path, progress: Progress) -> list[Path]:
    """Build every package that changed, and show the sizes.

    Args:
        root: The project's folder.
        target: What the packages must run on.
        folder: Where the zips go, each beside `<name>.digest`, the value of Terraform's `source_code_hash`.
        progress: Shows what is built.

    Returns:
        The functions' packages and, last, the layer.

    Raises:
        OpsError: A package cannot be built.
    """
    # Another tool of ours, another compiler or another platform makes other bytes.
    tools = {**read_parts((root / "ops" / "packaging").glob("*.py"), root), "target": str(target).encode()}
    pins = root / _LAYER_PINS
    recipes = [_function(root, name, tools) for name in FUNCTIONS]
    layer_inputs = {**read_parts([pins], root), **tools}
    recipes.append(_Recipe(LAYER_PACKAGE, layer_inputs, lambda: layer_files(pins, target, progress), "/opt"))
    return [_build(recipe, target, folder, progress) for recipe in recipes]


def _function(root: Path, name: str, tools: Mapping[str, bytes]) -> _Recipe:
    sources = read_parts(module_closure(f"handlers.{name}", root), root)
    return _Recipe(package_name(name), {**sources, **tools}, lambda: sources, "/var/task")


def _build(recipe: _Recipe, target: Target, folder: Path, progress: Progress) -> Path:
    package, record = folder / recipe.name, folder / f"{recipe.name}.inputs"
    inputs = digest_of(recipe.inputs)
    unchanged = package.is_file() and record.is_file() and record.read_text() == inputs
    if not unchanged:
        progress.say(f"building {package.name} for {target.description}")
        folder.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        files = recipe.make_files()
        package.write_bytes(zip_bytes(with_bytecode(files, target.compiler, recipe.unpacked)))
        (folder / digest_name(recipe.name)).write_text(source_digest(files))
        record.write_text(inputs)
    state = "unchanged" if unchanged else "built"
    progress.say(f"{package.name}: {package.stat().st_size / 1e6:.2f} MB, {state}")
    return package


def source_digest(files: Mapping[str, bytes]) -> str:
    """What Terraform compares to see whether a package changed: base64 of a SHA-256, as `filebase64sha256` gives it.

    It is of the content without bytecode, not of the archive: bytecode differs between releases of one Python, and
    compression between builds of zlib, so two machines would undo each other's deployment of one commit. The provider
    allows any digest (aws_lambda_function's `source_code_hash`: "does not need to match the hashing algorithm used by
    Lambda").
    """
    return base64.b64encode(bytes.fromhex(digest_of(files))).decode()
