"""The report of a load: compares the ledger with the tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from ops.operate.load.ledger import Items, Ledger, Reading

_PERCENTILES: Final = (50, 90, 99)


@dataclass(frozen=True)
class Report:
    """What became of the readings of a load.

    Attributes:
        ledger: What was sent, and what the API answered.
        raw: The raw items of its devices.
        processed_items: Their processed items.
        seconds: From the first request to the last answer.
    """

    ledger: Ledger
    raw: Items
    processed_items: Items
    seconds: float

    @property
    def processed(self) -> set[Reading]:
        """Accepted readings that are in both tables."""
        return self.ledger.accepted & self.raw.keys() & self.processed_items.keys()

    @property
    def lost(self) -> list[Reading]:
        """Accepted readings that are missing in a table."""
        return sorted(self.ledger.accepted - self.processed)

    @property
    def doubled(self) -> int:
        """The number of items beyond one of each reading in each table, items that were not sent included."""
        sent = self.ledger.sent()
        return sum(
            len(items) - (reading in sent)
            for table in (self.raw, self.processed_items)
            for reading, items in table.items()
        )

    @property
    def stored_though_refused(self) -> int:
        """The number of refused readings that are stored."""
        return len(self.ledger.refused.keys() & (self.raw.keys() | self.processed_items.keys()))

    def is_sound(self) -> bool:
        """Whether readings were accepted, and each reading is accounted for."""
        return bool(self.ledger.accepted) and not (self.lost or self.doubled or self.stored_though_refused)

    def lines(self) -> Iterator[str]:
        """The report as text."""
        ledger, examples = self.ledger, ", ".join(f"{each.device_id} {each.timestamp}" for each in self.lost[:3])
        lags = [self.processed_items[each][0] - self.raw[each][0] for each in self.raw.keys() & self.processed_items]
        yield f"accepted   {len(ledger.accepted)}"
        yield f"processed  {len(self.processed)}"
        yield f"lost       {len(self.lost)}{examples and f', such as {examples}'}"
        yield f"doubled    {self.doubled}"
        yield f"refused    {_kinds(Counter(ledger.refused.values()))}"
        if self.stored_though_refused:
            yield f"refused, and stored all the same: {self.stored_though_refused}"
        yield f"unknown    {len(ledger.unknown)} without a final answer"
        yield f"answers    {_kinds(ledger.answers)}"
        yield f"answer     {_percentiles([1000 * seconds for seconds in ledger.seconds])}"
        yield f"lag        {_percentiles(lags)} (received to processed)"
        yield f"rate       {len(ledger.accepted) / self.seconds:.1f} readings a second for {self.seconds:.1f} s"


def _percentiles(values: Sequence[float]) -> str:
    """Nearest-rank percentiles, which are values that were measured."""
    if not values:
        return "none"
    ascending = sorted(values)
    named = [f"p{share} {ascending[ceil(len(values) * share / 100) - 1]:.0f}" for share in _PERCENTILES]
    return ", ".join([*named, f"max {ascending[-1]:.0f} ms"])


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())) or "0"
