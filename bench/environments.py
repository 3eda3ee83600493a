"""The virtual environments of the peers and of this project's parts, under `build/bench/venv`."""

import re
from pathlib import Path
from typing import Final

from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.environments import ensure_environment
from ops.setup.installer import PINS

BUILD: Final = ROOT / "build" / "bench"


def environment(name: str, progress: Progress) -> Path:
    """The interpreter of the environment of one file of requirements, which is installed where it is missing.

    Args:
        name: A file of `bench/requirements/`, or else of `ops/setup/requirements/`, without its suffix.
        progress: Shows what is installed.
    """
    # An environment's interpreter is a link; the file that it points to would not find the environment's packages.
    return ensure_environment(BUILD / "venv" / name, _requirements(name), progress).absolute()


def site_packages(interpreter: Path) -> Path:
    """The folder of an environment's packages."""
    (folder,) = interpreter.parent.parent.glob("lib/python*/site-packages")
    return folder


def megabytes(interpreter: Path) -> float:
    """The size of an environment's packages, compiled files included, in millions of bytes."""
    return sum(path.stat().st_size for path in site_packages(interpreter).rglob("*") if path.is_file()) / 1e6


def versions(name: str, *packages: str) -> dict[str, str]:
    """The versions of packages in one file of requirements."""
    text = _requirements(name).read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    return {package: pins[package] for package in packages}


def _requirements(name: str) -> Path:
    peer = Path(__file__).parent / "requirements" / f"{name}.txt"
    return peer if peer.exists() else PINS / peer.name
