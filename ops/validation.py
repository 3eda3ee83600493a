"""Validates every module, root and example with Terraform and the committed lock, in copies."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ops.embedded.variables import isolated_variables
from ops.progress import Progress
from ops.terraform.errors import TerraformError
from ops.terraform.lock import LOCK_FILE
from ops.terraform.toolchain import Toolchain, find_toolchain

EXAMPLES: Final = Path("docs") / "examples" / "hcl"
"""Roots that are written by hand."""
_COPIED: Final = (Path("modules"), Path("envs"), EXAMPLES)
_LOCK: Final = Path("envs") / "dev" / LOCK_FILE
"""A module or an example has no lock of its own; it is held against the provider that the roots lock."""


def validate_all(root: Path, progress: Progress) -> bool:
    """Validate all modules, roots and examples, and tell every one that is not valid.

    The examples are written by hand, and so their format is checked, too.

    Args:
        root: The project's folder.
        progress: Told which are valid.

    Returns:
        Whether all are.

    Raises:
        TerraformError: Terraform or its provider is missing.
    """
    toolchain = find_toolchain(root, root / "envs" / "dev", progress)
    build = root / "build" / "validate"
    build.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=build) as name:
        copy = Path(name)
        for folder in _COPIED:
            shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns(".terraform"))
        folders = sorted({path.parent for pattern in ("*.tf.json", "*.tf") for path in copy.rglob(pattern)})
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            results = list(pool.map(lambda folder: _is_valid(toolchain, folder, copy, root, progress), folders))
    return all(results)


def _is_valid(toolchain: Toolchain, folder: Path, copy: Path, root: Path, progress: Progress) -> bool:
    if not (folder / LOCK_FILE).exists():
        shutil.copy(root / _LOCK, folder / LOCK_FILE)
    terraform = toolchain.on(folder, folder / ".terraform", isolated_variables())
    name = folder.relative_to(copy).as_posix()
    try:
        terraform.init("-backend=false")
        terraform.validate()
        if any(folder.glob("*.tf")):
            terraform.check_format()
    except TerraformError as error:
        progress.say(f"  {name}: {error}")
        return False
    progress.say(f"  {name}: valid")
    return True
