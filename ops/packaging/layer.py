"""What the layer holds: the pinned requirements, without what is never imported."""

import re
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from ops.packaging.target import Target
from ops.project.errors import OpsError, PackagingError
from ops.project.progress import Progress
from ops.setup.installer import run_uv

RUNTIME_FOLDER: Final = "/opt"
"""Where Lambda unpacks layers; `python/` inside it is on the import path."""
_UNUSED_FOLDERS: Final = frozenset({"bin", "test", "tests", "__pycache__", "swagger_ui"})
"""Scripts, tests, bytecode of another interpreter, and Powertools' 1.7 MB of Swagger's JavaScript."""
_UNUSED_SUFFIXES: Final = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h", ".typed"})
_VARIABLE_FILES: Final = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"}
)
"""What an installer writes for itself: it differs from one installer or one source of a wheel to the next."""
_LOCK: Final = ".lock"
"""What uv leaves in the folder that it installs into."""
_INFORMATION: Final = re.compile(r".+\.dist-info")


def layer_files(requirements: Path, target: Target, progress: Progress) -> dict[str, bytes]:
    """The layer's contents by path, `python/` first, without bytecode.

    Raises:
        PackagingError: uv could not install the requirements.
    """
    with TemporaryDirectory(prefix="layer-") as name:
        folder = Path(name)
        options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(folder)]
        what = f"installing {requirements.name} for {target.description}"
        try:
            run_uv(["pip", "install", *options, *target.wheels, "-r", str(requirements)], progress, what)
        except OpsError as error:
            raise PackagingError(str(error)) from error
        found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        return {f"python/{part.as_posix()}": path.read_bytes() for part, path in found.items() if is_kept(part)}


def is_kept(path: Path | PurePosixPath) -> bool:
    """Whether an installed file, by its path relative to the installation, goes into the layer."""
    folders = path.parts[:-1]
    if _UNUSED_FOLDERS.intersection(folders) or (folders and folders[0].endswith("-stubs")):
        return False
    if path.suffix in _UNUSED_SUFFIXES or str(path) == _LOCK:
        return False
    return not (folders and _INFORMATION.fullmatch(folders[0]) and path.name in _VARIABLE_FILES)
