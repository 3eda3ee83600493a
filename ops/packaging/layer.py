"""What the layer holds: the pinned requirements, without what is never imported."""

import re
import subprocess
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from ops.packaging.bytecode import with_bytecode
from ops.packaging.errors import PackagingError
from ops.packaging.target import Target

RUNTIME_FOLDER: Final = "/opt"
"""Where Lambda unpacks layers; `python/` inside it is on the import path."""
_UNUSED_FOLDERS: Final = frozenset({"bin", "test", "tests", "__pycache__", "swagger_ui"})
"""Scripts, tests, bytecode of another interpreter, and Powertools' 1.7 MB of Swagger's JavaScript."""
_UNUSED_SUFFIXES: Final = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h", ".typed"})
_VARIABLE_FILES: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
"""What pip writes for itself: it differs from one pip or one source of a wheel to the next."""
_INFORMATION: Final = re.compile(r".+\.dist-info")


def layer_files(requirements: Path, target: Target) -> dict[str, bytes]:
    """The layer's contents by path, `python/` first.

    Raises:
        PackagingError: pip could not install the requirements, or a source does not compile.
    """
    with TemporaryDirectory(prefix="layer-") as name:
        folder = Path(name)
        _install(requirements, target, folder)
        found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        files = {f"python/{part.as_posix()}": path.read_bytes() for part, path in found.items() if is_kept(part)}
    return with_bytecode(files, target.compiler, RUNTIME_FOLDER) if target.compiler else files


def is_kept(path: Path | PurePosixPath) -> bool:
    """Whether an installed file, by its path relative to the installation, goes into the layer."""
    folders = path.parts[:-1]
    if _UNUSED_FOLDERS.intersection(folders) or (folders and folders[0].endswith("-stubs")):
        return False
    if path.suffix in _UNUSED_SUFFIXES:
        return False
    return not (folders and _INFORMATION.fullmatch(folders[0]) and path.name in _VARIABLE_FILES)


def _install(requirements: Path, target: Target, folder: Path) -> None:
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-compile"]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    done = subprocess.run(  # noqa: S603  # pip, with this project's own arguments
        [*target.pip, "install", *quiet, *options, *target.tags, "--target", str(folder), "-r", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackagingError(f"pip could not install {requirements.name} for {target.description}:\n{done.stderr}")
