"""Pins the newest versions that `pyproject.toml` and `bench/requirements/*.in` allow, with hashes: `make lock`."""

import os
import subprocess
from pathlib import Path
from typing import Final

from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.installer import PINS, find_uv, uv_variables

_FOLDER: Final = PINS.relative_to(ROOT)
_OLDEST_PYTHON: Final = "3.11"
_DEVELOPMENT: Final = "dev"
_IN_THE_RUNTIME: Final = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")
"""What Lambda's runtime brings itself; the layer leaves them out."""
_FURTHER: Final = frozenset({"UV_INDEX", "UV_INDEX_STRATEGY", "UV_FIND_LINKS"})
_GROUPS: Final = ("embedded", "generate", "layer", "oldest-pip", "sbom", "scan", "uv")
SOURCES: Final = {
    _DEVELOPMENT: ["pyproject.toml", "--group", _DEVELOPMENT],
    # What the command needs, in the versions that development has, so that both fit into one environment.
    "project": ["pyproject.toml", "--constraints", f"{_FOLDER}/{_DEVELOPMENT}.txt"],
    **{group: ["--group", group] for group in _GROUPS},
}
"""What uv compiles for each file of `ops/setup/requirements/`, in this order, relative to the project's folder."""


def lock_command(uv: str, target: Path, sources: list[str]) -> list[str]:
    """What compiles one file of requirements.

    Args:
        uv: The uv to run.
        target: The file, relative to the project's folder.
        sources: What it is compiled from, as arguments of uv.
    """
    options = ["--universal", "--generate-hashes", "--no-header", "--python-version", _OLDEST_PYTHON, "--quiet"]
    left_out = _IN_THE_RUNTIME if target.stem == "layer" else ()
    options += [f"--no-emit-package={name}" for name in left_out]
    return [uv, "pip", "compile", "--upgrade", *options, "-o", target.as_posix(), *sources]


def lock_variables() -> dict[str, str]:
    """Uv's variables without pip's further indexes and folders, which may hold only some files of a release.

    The pins are for everybody: they need the hash of every file that the index proper has.
    """
    return {name: value for name, value in uv_variables().items() if name in os.environ or name not in _FURTHER}


def pin_all() -> None:
    """Compile every file of requirements."""
    progress = Progress()
    uv, variables = find_uv(progress), lock_variables()
    jobs = [(_FOLDER / f"{name}.txt", sources) for name, sources in SOURCES.items()]
    peers = sorted(path.relative_to(ROOT) for path in ROOT.glob("bench/requirements/*.in"))
    jobs += [(source.with_suffix(".txt"), [source.as_posix()]) for source in peers]
    for target, sources in jobs:
        progress.say(f"resolving {target}")
        command = lock_command(uv, target, sources)
        if subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode:  # noqa: S603  # the uv found
            raise OpsError(f"uv could not resolve {target}: its output is above, and the pins are as they were")
