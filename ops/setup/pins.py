"""What the files of requirements pin (of `ops/` and `bench/`): each version, and the hashes that pip accepts for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ops.project.errors import OpsError

_HASH: Final = re.compile(r"\s--hash=(\S+)")


@dataclass(frozen=True)
class Pin:
    """One line of a file of requirements.

    Attributes:
        name: The package's name, in PyPI's normal form.
        version: The only version allowed, or None where the line allows others.
        applies: Whether its marker holds for the interpreter that reads it.
        hashes: Such as `sha256:92df...`, of each file that may be installed.
    """

    name: str
    version: str | None
    applies: bool
    hashes: tuple[str, ...]


def read_pins(path: Path) -> list[Pin]:
    """The requirements of a file that `make lock` wrote.

    Raises:
        OpsError: A line is no requirement; all such lines are in the message.
    """
    pins, problems = [], []
    for number, line in _logical_lines(path.read_text(encoding="utf-8")):
        try:
            pins.append(_pin(line))
        except InvalidRequirement as error:
            problems.append(f"{path.name}:{number}: {str(error).splitlines()[0]}")
    if problems:
        raise OpsError("\n".join(problems))
    return pins


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with what it continues on, and its number; comments and empty lines left out."""
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or not (parts or line.strip()):
            continue
        parts.append(line.removesuffix("\\").rstrip())
        if not line.endswith("\\"):
            yield number - len(parts) + 1, " ".join(parts)
            parts = []


def _pin(line: str) -> Pin:
    requirement = Requirement(_HASH.sub("", line))
    exact = [item.version for item in requirement.specifier if item.operator == "==" and "*" not in item.version]
    return Pin(
        name=canonicalize_name(requirement.name),
        version=exact[0] if exact else None,
        applies=requirement.marker is None or requirement.marker.evaluate(),
        hashes=tuple(_HASH.findall(line)),
    )
