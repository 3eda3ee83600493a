"""Pins the newest versions that `pyproject.toml` and `bench/requirements/*.in` allow, with hashes: `make lock`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from ops.cli.running import run
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
PROJECT: Final = "project"
"""The project's own dependencies: what the command needs, without the tests and checks."""
FILES: Final = (_DEVELOPMENT, PROJECT, "embedded", "generate", "layer", "oldest-pip", "sbom", "scan", "uv")
"""The files of `ops/setup/requirements/`, in the order in which they are compiled."""


def group_sources(group: str) -> list[str]:
    """What uv compiles for one file of `ops/setup/requirements/`, relative to the project's folder.

    The project's own dependencies are what development installs of them, so that both fit into one environment.
    """
    match group:
        case "project":
            return ["pyproject.toml", "--constraints", f"{_FOLDER}/{_DEVELOPMENT}.txt"]
        case "dev":
            return ["pyproject.toml", "--group", group]
        case _:
            return ["--group", group]


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


def main() -> int:
    """Compile every file of requirements."""
    progress = Progress()
    uv, variables = find_uv(progress), lock_variables()
    jobs = [(_FOLDER / f"{group}.txt", group_sources(group)) for group in FILES]
    peers = sorted(path.relative_to(ROOT) for path in ROOT.glob("bench/requirements/*.in"))
    jobs += [(source.with_suffix(".txt"), [source.as_posix()]) for source in peers]
    for target, sources in jobs:
        progress.say(f"resolving {target}")
        command = lock_command(uv, target, sources)
        if subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode:  # noqa: S603  # the uv found
            raise OpsError(f"uv could not resolve {target}: its output is above, and the pins are as they were")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
