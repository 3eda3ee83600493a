"""Validates every root, example and module with Terraform and the committed lock, in copies."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ops.local.variables import isolated_variables
from ops.project.errors import TerraformError
from ops.project.paths import ACCOUNT
from ops.project.progress import Progress
from ops.terraform.provider import LOCK_FILE
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import Toolchain, find_toolchain

EXAMPLES: Final = Path("docs") / "examples" / "hcl"
"""Roots that are written by hand."""
_MODULES: Final = Path("modules")
_COPIED: Final = (_MODULES, Path("envs"), EXAMPLES)
_DATA: Final = ".terraform"
_LOCKED: Final = Path("envs") / ACCOUNT
"""The root that every project has. A module or an example has no lock of its own: it is validated with this one's."""


def validate_all(root: Path, progress: Progress) -> bool:
    """Validate all roots and examples with the modules that they call, then the other modules; tell all that are wrong.

    Nearly all of a validation is loading the provider's schema, and with its root a module is validated whole. The
    examples are written by hand, and so their format is checked, too.

    Args:
        root: The project's folder.
        progress: Told which are valid.

    Returns:
        Whether all are.

    Raises:
        TerraformError: Terraform or its provider is missing.
    """
    toolchain = find_toolchain(root, root / _LOCKED, progress)
    build = root / "build" / "validate"
    build.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=build) as name:
        copy = Path(name)
        for folder in _COPIED:
            shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns(_DATA))
        folders = sorted({path.parent for pattern in ("*.tf.json", "*.tf") for path in copy.rglob(pattern)})
        modules = [folder for folder in folders if folder.is_relative_to(copy / _MODULES)]
        roots = [folder for folder in folders if folder not in modules]
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:

            def validate(chosen: list[Path]) -> list[bool]:
                return list(pool.map(lambda folder: _is_valid(toolchain, folder, copy, root, progress), chosen))

            results = validate(roots)
            called = {module for folder in roots for module in _called(folder)}
            results += validate([module for module in modules if module not in called])
    return all(results)


def _is_valid(toolchain: Toolchain, folder: Path, copy: Path, root: Path, progress: Progress) -> bool:
    if not (folder / LOCK_FILE).exists():
        shutil.copy(root / _LOCKED / LOCK_FILE, folder)
    terraform = toolchain.on(folder, folder / _DATA, isolated_variables())
    name = folder.relative_to(copy).as_posix()
    try:
        terraform.init("-backend=false")
        terraform.run("validate", "-no-color")
    except TerraformError as error:
        progress.say(f"  {name}: {error}")
        return False
    if not _is_formatted(terraform, name, progress):
        return False
    progress.say(f"  {name}: valid")
    return True


def _is_formatted(terraform: Terraform, name: str, progress: Progress) -> bool:
    """Whether HCL that is written by hand has Terraform's format; JSON has the generator's."""
    if not any(terraform.root.glob("*.tf")):
        return True
    try:
        terraform.run("fmt", "-check", "-diff", "-no-color")
    except TerraformError as error:
        progress.say(f"  {name}: {error}\n  to fix it: terraform fmt {name}")
        return False
    return True


def _called(folder: Path) -> list[Path]:
    """The modules that an initialised root calls, directly or not."""
    manifest = folder / _DATA / "modules" / "modules.json"
    if not manifest.exists():
        return []
    return [(folder / module["Dir"]).resolve() for module in json.loads(manifest.read_text())["Modules"]]
