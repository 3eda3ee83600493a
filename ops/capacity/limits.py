"""AWS's limits: `limits.toml`."""

from dataclasses import dataclass
from functools import cache

from ops.capacity.data_files import read


@dataclass(frozen=True)
class Limit:
    """One of AWS's limits, at its default.

    Attributes:
        service_code: Of Service Quotas; None where the limit is no quota there, or its code is not known.
        adjustable: Whether AWS may raise it.
        read: When the figure was read; `source` is the page that decides.
    """

    value: int
    unit: str
    adjustable: bool
    source: str
    read: str
    service_code: str | None = None
    quota_code: str | None = None


@cache
def limits() -> dict[str, Limit]:
    """Every limit, by its name in `limits.toml`."""
    return {name: Limit(**table) for name, table in read("limits.toml").items()}


def limit(name: str) -> int:
    """The default of one limit."""
    return limits()[name].value
