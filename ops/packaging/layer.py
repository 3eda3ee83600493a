"""The layer's content: the pinned requirements, without what is never imported."""

import re
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from ops.packaging.target import Target
from ops.project.progress import Progress
from ops.setup.installer import run_uv

_UNUSED_FOLDERS: Final = frozenset({"bin", "test", "tests", "__pycache__", "swagger_ui"})
"""Scripts, tests, bytecode of another interpreter, and Powertools' 1.7 MB of Swagger's JavaScript."""
_UNUSED_SUFFIXES: Final = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h", ".typed"})
_OF_THE_INSTALLER: Final = re.compile(
    r"\.lock|[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)"
)
"""What an installer writes for itself: it differs from one installer or one source of a wheel to the next."""


def layer_files(requirements: Path, target: Target, progress: Progress) -> dict[str, bytes]:
    """The layer's contents by path, `python/` first, without bytecode.

    Raises:
        OpsError: uv could not install the requirements.
    """
    with TemporaryDirectory(prefix="layer-") as name:
        folder = Path(name)
        options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(folder)]
        what = f"installing {requirements.name} for {target.description}"
        run_uv(["pip", "install", *options, *target.wheels, "-r", str(requirements)], progress, what)
        found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        return {f"python/{part.as_posix()}": path.read_bytes() for part, path in found.items() if is_kept(part)}


def is_kept(path: Path | PurePosixPath) -> bool:
    """Whether an installed file, by its path relative to the installation, goes into the layer."""
    if _UNUSED_FOLDERS.intersection(path.parts[:-1]) or path.parts[0].endswith("-stubs"):
        return False
    return path.suffix not in _UNUSED_SUFFIXES and not _OF_THE_INSTALLER.fullmatch(path.as_posix())
