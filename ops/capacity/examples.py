"""The worked examples of `docs/scale.md`."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from generate.settings import EnvironmentSettings
from ops.capacity.assumptions import Assumptions
from ops.capacity.ceilings import Ceiling, ceilings
from ops.capacity.costs import Bill, bill
from ops.capacity.demand import Demand
from ops.capacity.designs import Comparison, compare
from ops.capacity.limits import limits
from ops.capacity.ours import Ours

FLEETS: Final = (
    Demand(1_000, 60, 1),
    Demand(10_000, 60, 1),
    Demand(10_000, 60, 100),
    Demand(100_000, 60, 100),
    Demand(1_000_000, 60, 100),
    Demand(10_000_000, 60, 100),
    Demand(100_000_000, 300, 100),
)
"""Devices that speak for themselves, then gateways that speak for a hundred each."""
PASSING: Final = frozenset(
    {"dynamodb.new_table_writes", "lambda.scaling", "lambda.payload", "event_source_mapping.scaling"}
)
"""Limits that pass by themselves: a table and a function grow, a mapping makes smaller batches."""
ENDED_BY_SETTINGS: Final = frozenset({"api_gateway.rate"})
"""Quotas that AWS raises and the settings do not follow: `api.throttling_rate_limit` ends at the default."""


@dataclass(frozen=True)
class Example:
    """One fleet.

    Attributes:
        ceilings: The limit with the least headroom first.
    """

    ours: Ours
    bill: Bill
    comparison: Comparison
    ceilings: list[Ceiling]

    @property
    def hit(self) -> list[Ceiling]:
        """The limits that are hit."""
        return [each for each in self.ceilings if each.is_hit]

    @property
    def cells(self) -> int:
        """Accounts and regions that it takes at AWS's default quotas, the settings at their greatest."""
        return _cells(each for each in self.ceilings if each.quota and each.quota not in PASSING)

    @property
    def cells_raised(self) -> int:
        """The same where AWS raises what it may raise."""
        raised = {name for name, limit in limits().items() if limit.adjustable} - ENDED_BY_SETTINGS
        kept = (each for each in self.ceilings if each.quota and each.quota not in PASSING)
        return _cells(each for each in kept if each.quota not in raised)


def _cells(found: Iterable[Ceiling]) -> int:
    return max(1, math.ceil(max((each.used for each in found), default=0)))


def example(demand: Demand, settings: EnvironmentSettings) -> Example:
    """Work out one."""
    ours = Ours(demand, settings, Assumptions())
    return Example(ours, bill(ours.load(), demand.stored_months), compare(ours), ceilings(ours))
