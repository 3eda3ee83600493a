"""What AWS publishes: prices (`prices.toml`) and limits (`limits.toml`), each with its source."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def cost(price: str, quantity: float) -> float:
    """Return the dollars for a month's quantity; each tier's price applies to its own part.

    Args:
        price: Its name in `prices.toml`.
        quantity: In the price's unit.
    """
    table = read("prices.toml")[price]
    tiers: list[tuple[float, float]] = table["tiers"]
    ends = [start for start, _ in tiers[1:]] + [float("inf")]
    parts = [max(0.0, min(quantity, end) - start) * dollars for (start, dollars), end in zip(tiers, ends, strict=True)]
    return sum(parts) / int(table["per"])


def region() -> str:
    """Return the region of the prices and the limits."""
    return str(read("prices.toml")["region"])


def limit(name: str) -> int:
    """Return the default value of a limit, by its name in `limits.toml`."""
    return int(read("limits.toml")[name]["value"])


def quota_code(name: str | None) -> str | None:
    """Return a limit's code in Service Quotas, where there is one and it is known."""
    return read("limits.toml")[name].get("quota_code") if name else None


@cache
def read(name: str) -> dict[str, Any]:
    """Return the tables of a TOML file of this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
