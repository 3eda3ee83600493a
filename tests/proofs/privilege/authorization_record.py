"""The authorization decisions that the embedded AWS records (`ops/local/emulator/authorizations.py`)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.proofs.privilege.applied_policies import RolePolicy


@dataclass(frozen=True, order=True)
class Call:
    """An action on a resource.

    Attributes:
        action: Such as `sqs:SendMessage`.
        resource: An ARN.
    """

    action: str
    resource: str


@dataclass(frozen=True)
class Record:
    """A part of the record.

    Attributes:
        path: The file.
        start: Where the part begins.
    """

    path: Path
    start: int = 0

    def from_now(self) -> "Record":
        """The part that is written from now on."""
        return Record(self.path, len(self.path.read_bytes()))

    def calls(self, policy: RolePolicy, *, allowed: bool) -> list[Call]:
        """The calls of a role that were allowed, or refused."""
        lines = self.path.read_bytes()[self.start :].splitlines()
        entries = [entry for entry in map(json.loads, lines) if entry["allowed"] is allowed]
        role = f":assumed-role/{policy.role}/"
        return [Call(entry["action"], entry["resource"]) for entry in entries if role in entry["principal"]]


@contextmanager
def recording(path: Path) -> Iterator[Record]:
    """Let the embedded AWS write its record."""
    path.touch()
    try:
        yield Record(path).from_now()
    finally:
        path.unlink()
