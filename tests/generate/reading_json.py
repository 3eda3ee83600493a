"""JSON as Terraform must be given it: no key twice."""

import json
from typing import Any


def parse_strictly(text: str) -> dict[str, Any]:
    """Parse JSON and refuse a duplicate key, of which Python would silently keep the last."""
    parsed: dict[str, Any] = json.loads(text, object_pairs_hook=_unique)
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        message = f"keys stand twice: {sorted(twice)}"
        raise ValueError(message)
    return dict(pairs)
