"""A broken rule between settings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """A broken rule.

    Attributes:
        keys: The settings that it ties together, the one to change first.
        found: The first one's value.
        allowed: What would be allowed, and why.
    """

    keys: tuple[str, ...]
    found: object
    allowed: str
