"""What AWS charges: `prices.toml`, and the arithmetic of tiers."""

from dataclasses import dataclass
from functools import cache

from ops.capacity.data_files import read


@dataclass(frozen=True)
class Price:
    """One price.

    Attributes:
        unit: What is counted.
        per: How many units a price is for.
        tiers: From which quantity a month on, and dollars for `per` units; ascending, the first from 0.
        read: When and where the figure was read; `source` is the page that decides.
    """

    service: str
    unit: str
    per: int
    tiers: tuple[tuple[float, float], ...]
    source: str
    read: str

    def cost(self, quantity: float) -> float:
        """Dollars for a month's quantity; each tier's price stands for its own part."""
        ends = [start for start, _ in self.tiers[1:]] + [float("inf")]
        return sum(
            max(0.0, min(quantity, end) - start) / self.per * dollars
            for (start, dollars), end in zip(self.tiers, ends, strict=True)
        )


@cache
def prices() -> dict[str, Price]:
    """Every price, by its name in `prices.toml`."""
    tables = {name: table for name, table in read("prices.toml").items() if isinstance(table, dict)}
    return {
        name: Price(**{**table, "tiers": tuple((float(start), float(usd)) for start, usd in table["tiers"])})
        for name, table in tables.items()
    }


def region() -> str:
    """The region whose prices they are."""
    return str(read("prices.toml")["region"])
