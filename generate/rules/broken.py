"""What a rule that does not hold says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold.

    Attributes:
        keys: The settings that it ties together, the one to change first.
        found: The first one's value.
        allowed: What would be allowed, and why.
    """

    keys: tuple[str, ...]
    found: object
    allowed: str
