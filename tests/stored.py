"""What tests hold against a table: each reading is in it once."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Value = TypeVar("Value")
Key = tuple[str, int]
"""A device's id and a reading's time, epoch milliseconds."""


def once(items: Iterable[dict[str, Any]], value: Callable[[dict[str, Any]], Value]) -> dict[Key, Value]:
    """A value of each reading.

    Args:
        items: Items of readings, as they are read; whatever their sort keys, no two may be of one reading.
        value: Takes the value from an item.

    Raises:
        AssertionError: A reading is there twice.
    """
    found: dict[Key, Value] = {}
    for item in items:
        key = (item["device_id"], int(item["timestamp"]))
        assert key not in found, f"{key} is there twice"
        found[key] = value(item)
    return found
