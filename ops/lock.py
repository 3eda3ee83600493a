"""Pins the newest versions that `{ops,bench}/requirements/*.in` allow, with hashes: `python -m ops.lock`."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from ops.commands import run
from ops.errors import OpsError
from ops.progress import Progress
from ops.project import ROOT

_OLDEST_PYTHON: Final = "3.11"
_IN_THE_RUNTIME: Final = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")
"""What Lambda's runtime brings itself; the layer leaves them out."""


def lock_command(source: Path) -> list[str]:
    """What compiles one file of requirements.

    Args:
        source: The `.in` file; the `.txt` goes beside it.
    """
    options = ["--universal", "--generate-hashes", "--no-header", "--python-version", _OLDEST_PYTHON, "--quiet"]
    left_out = _IN_THE_RUNTIME if source.stem == "layer" else ()
    options += [f"--no-emit-package={name}" for name in left_out]
    target = source.with_suffix(".txt").name
    return [sys.executable, "-m", "uv", "pip", "compile", "--upgrade", *options, "-o", target, source.name]


def main() -> int:
    """Compile every file of requirements."""
    progress = Progress()
    for source in sorted(ROOT.glob("*/requirements/*.in")):
        progress.say(f"resolving {source.name}")
        done = subprocess.run(  # noqa: S603  # uv of this environment
            lock_command(source), cwd=source.parent, check=False
        )
        if done.returncode:
            raise OpsError(f"uv could not resolve {source.name}; its words are above, and the pins stay as they were")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
