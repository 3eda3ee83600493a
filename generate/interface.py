"""What a module takes and gives: all that a root may know of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interface:
    """The names of a module's variables and outputs."""

    required: frozenset[str]
    optional: frozenset[str]
    outputs: frozenset[str]
