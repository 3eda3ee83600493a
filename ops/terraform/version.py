"""Which Terraform this project takes."""

import json
import subprocess
from pathlib import Path
from typing import Final

MINIMUM: Final = (1, 11)
"""The first with write-only arguments (`value_wo`), which keep the API key out of plan and state."""
BELOW: Final = (2, 0)
ACCEPTED: Final = ">= 1.11, < 2.0"

Version = tuple[int, ...]


def read_version(binary: Path) -> Version | None:
    """The version that a Terraform binary reports, or None where it does not run or reports none."""
    try:
        done = subprocess.run(  # noqa: S603  # a program named terraform, asked for its version
            [str(binary), "version", "-json"],
            env={"CHECKPOINT_DISABLE": "1", "PATH": "", "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )
        return parse_version(str(json.loads(done.stdout)["terraform_version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def parse_version(text: str) -> Version:
    """Numbers of a release, `1.11.4` as `(1, 11, 4)`; a pre-release's suffix is left out.

    Raises:
        ValueError: The text is no version.
    """
    return tuple(int(part) for part in text.partition("-")[0].split("."))


def is_accepted(version: Version) -> bool:
    """Whether the project takes this version."""
    return MINIMUM <= version < BELOW


def format_version(version: Version) -> str:
    """`(1, 11, 4)` as `1.11.4`."""
    return ".".join(map(str, version))
