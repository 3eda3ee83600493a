"""The peers' own virtual environments under `build/bench/venv`, and how large they are."""

from pathlib import Path
from typing import Final

from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.environments import ensure_environment

BUILD: Final = ROOT / "build" / "bench"
REQUIREMENTS: Final = Path(__file__).parent / "requirements"
_OF_VENV_ITSELF: Final = ("_virtualenv",)
"""What `uv venv` brings."""


def peer(name: str, progress: Progress) -> Path:
    """The interpreter of a peer's environment, which is installed where it is missing.

    Args:
        name: Of the file in `bench/requirements/`.
        progress: Told what is installed.
    """
    return _environment(name, REQUIREMENTS / f"{name}.txt", progress)


def ours(name: str, progress: Progress) -> Path:
    """The interpreter of an environment of one of our own files of requirements alone."""
    return _environment(name, ROOT / "ops" / "setup" / "requirements" / f"{name}.txt", progress)


def site_packages(interpreter: Path) -> Path:
    """Where an environment's packages lie."""
    (folder,) = interpreter.parent.parent.glob("lib/python*/site-packages")
    return folder


def megabytes(interpreter: Path) -> float:
    """The size of what was installed, compiled files included, in millions of bytes."""
    folder = site_packages(interpreter)
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    kept = (path for path in files if not path.relative_to(folder).parts[0].startswith(_OF_VENV_ITSELF))
    return sum(path.stat().st_size for path in kept) / 1e6


def _environment(name: str, requirements: Path, progress: Progress) -> Path:
    # An interpreter's own path, not that of what it links to: the latter would not see the environment.
    return ensure_environment(BUILD / "venv" / name, requirements, progress).absolute()
