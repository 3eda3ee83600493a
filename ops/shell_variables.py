"""Files of shell variables: written to be sourced, read back by the project's own commands."""

import shlex
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from ops.errors import OpsError


def write_variables(path: Path, variables: Mapping[str, str], unset: Iterable[str], heading: str) -> None:
    """Write a file that only its owner may read.

    Args:
        path: The file.
        variables: What it exports.
        unset: Variables that must not be set beside these.
        heading: A comment that says what it is for.
    """
    lines = [f"# {heading}", *(f"unset {name}" for name in unset)]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n")


def read_variables(path: Path) -> dict[str, str]:
    """What a file exports.

    Raises:
        OpsError: There is no such file.
    """
    try:
        words = shlex.split(path.read_text(), comments=True)
    except FileNotFoundError as error:
        raise OpsError(f"{path} does not exist: make up writes it") from error
    return dict(word.split("=", 1) for before, word in pairwise(words) if before == "export")
