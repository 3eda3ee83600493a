"""Reads the package's data: TOML beside the code."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read(name: str) -> dict[str, Any]:
    """Return one file's tables.

    Args:
        name: Such as `prices.toml`.
    """
    return tomllib.loads(files("ops.capacity").joinpath(name).read_text(encoding="utf-8"))
