"""Validates every root, example and module with Terraform and the committed provider lock, in a copy."""

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
from ops.terraform.toolchain import find_toolchain

EXAMPLES: Final = Path("docs") / "examples" / "hcl"
"""Roots that are written by hand."""
_COPIED: Final = (Path("modules"), Path("envs"), EXAMPLES)
_LOCKED: Final = Path("envs") / ACCOUNT
"""The root that every project has; its lock is used for modules and examples, which have none."""


def validate_all(root: Path, progress: Progress) -> bool:
    """Validate all folders with Terraform files, and the format of those that are written by hand, as HCL.

    Args:
        root: The project's folder.
        progress: Shows which are valid.

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
            shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns(".terraform"))

        def is_valid(folder: Path) -> bool:
            terraform = toolchain.on(folder, folder / ".terraform", isolated_variables())
            problem = _find_problem(terraform, root / _LOCKED / LOCK_FILE)
            progress.say(f"  {folder.relative_to(copy).as_posix()}: {problem or 'valid'}")
            return not problem

        folders = sorted({path.parent for pattern in ("*.tf.json", "*.tf") for path in copy.rglob(pattern)})
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            return all(list(pool.map(is_valid, folders)))


def _find_problem(terraform: Terraform, lock: Path) -> str:
    """What Terraform refuses; empty where it refuses nothing."""
    if not (terraform.root / LOCK_FILE).exists():
        shutil.copy(lock, terraform.root)
    try:
        terraform.init("-backend=false")
        terraform.run("validate", "-no-color")
        if any(terraform.root.glob("*.tf")):
            terraform.run("fmt", "-check", "-diff", "-no-color")
    except TerraformError as error:
        return str(error)
    return ""
