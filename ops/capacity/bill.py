"""A month's bill: quantities by price, and their dollars."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ops.capacity.published import cost, read

MONTH_SECONDS: Final = 30 * 86_400
GIGABYTE: Final = 2**30
ITEM_OVERHEAD_BYTES: Final = 100
"""Of each stored item, beside its attributes:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html."""


@dataclass(frozen=True)
class Bill:
    """The first month's bill, without free tiers.

    Attributes:
        readings: Readings a second.
        a_second: Quantities a second by the price's name in `prices.toml`, in its unit.
        a_month: Quantities of the month that are not counted by the second.
    """

    readings: float
    a_second: Mapping[str, float]
    a_month: Mapping[str, float]

    @property
    def quantities(self) -> dict[str, float]:
        """The month's quantities by the price's name."""
        return {**{name: quantity * MONTH_SECONDS for name, quantity in self.a_second.items()}, **self.a_month}

    @property
    def services(self) -> dict[str, float]:
        """Dollars a month by service, the most expensive first."""
        services: dict[str, float] = {}
        for price, quantity in self.quantities.items():
            name = read("prices.toml")[price]["service"]
            services[name] = services.get(name, 0) + cost(price, quantity)
        return dict(sorted(services.items(), key=lambda each: -each[1]))

    @property
    def total(self) -> float:
        """Dollars a month."""
        return sum(self.services.values())

    @property
    def per_million(self) -> float:
        """Dollars for a million readings."""
        return self.a_million(self.total)

    def a_million(self, dollars: float) -> float:
        """Return a part of the month's dollars for a million readings."""
        return dollars / (self.readings * MONTH_SECONDS) * 1_000_000


def stored_gigabytes(bytes_a_second: float, days: int | None = None) -> float:
    """Return what is stored in the first month, on average.

    Args:
        bytes_a_second: What arrives.
        days: After which it expires; None: never.
    """
    life = MONTH_SECONDS if days is None else min(days * 86_400, MONTH_SECONDS)
    return bytes_a_second * (life - life**2 / MONTH_SECONDS / 2) / GIGABYTE


def traces(*rates: float) -> float:
    """Return the traces that X-Ray records of requests at these rates a second, with its default sampling rule.

    The first request each second and 5 % of the others:
    https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html.
    """
    return sum(min(rate, 1.0) + 0.05 * max(0.0, rate - 1.0) for rate in rates)
