"""Excerpts of a settings file for error messages: short, and without control characters."""

from collections.abc import Iterable

LONGEST = 200
"""Characters of a key or a value."""


def shown_key(parts: Iterable[object]) -> str:
    """The key that leads to a value, with dots between its parts."""
    texts = (str(part) for part in parts)
    return _short(".".join(text if text.isprintable() else ascii(text) for text in texts))


def shown_value(value: object) -> str:
    """A value as Python writes it."""
    try:
        return _short(repr(value))
    except ValueError:  # an integer in hexadecimal, with more decimal digits than Python writes
        return "a number of thousands of digits"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
