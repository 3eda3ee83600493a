"""What the files of requirements pin (of `ops/` and `bench/`): each version, and the hashes that pip accepts for it."""

import re
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
        applies: Whether its marker is true for the interpreter that reads it.
        hashes: Such as `sha256:92df...`, of each file that may be installed.
    """

    name: str
    version: str | None
    applies: bool
    hashes: tuple[str, ...]


def read_pins(path: Path) -> list[Pin]:
    """The requirements of a file that `make lock` wrote.

    Raises:
        OpsError: A line is not a requirement.
    """
    lines = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    try:
        return [_pin(line) for line in lines if line and not line.lstrip().startswith("#")]
    except InvalidRequirement as error:
        raise OpsError(f"{path.name}: {error}") from error


def _pin(line: str) -> Pin:
    requirement = Requirement(_HASH.sub("", line))
    exact = [item.version for item in requirement.specifier if item.operator == "==" and "*" not in item.version]
    return Pin(
        name=canonicalize_name(requirement.name),
        version=exact[0] if exact else None,
        applies=requirement.marker is None or requirement.marker.evaluate(),
        hashes=tuple(_HASH.findall(line)),
    )
