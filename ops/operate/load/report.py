"""The verdict on a run: pure, from the account and from what the tables hold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from ops.operate.load.ledger import Ledger, Sent
from ops.operate.load.stored import Stored

PERCENTILES: Final = (50, 90, 99)


@dataclass(frozen=True)
class Report:
    """What came of a run.

    Attributes:
        accepted: Readings that the API acknowledged.
        processed: Of these, those in both tables.
        lost: Acknowledged, and not in both tables.
        doubled: Items beyond one for each reading sent, in either table; those that nobody sent among them.
        refused: Readings refused for good, by kind.
        kept_though_refused: Refused for good, and stored all the same.
        unknown: Readings without a final answer.
        answers: Answers by kind, repetitions included.
        lags: Milliseconds from receiving to processing, ascending.
        answer_seconds: What the answers took, ascending.
        seconds: From the first request to the last answer.
    """

    accepted: int
    processed: int
    lost: tuple[Sent, ...]
    doubled: int
    refused: Counter[str]
    kept_though_refused: int
    unknown: int
    answers: Counter[str]
    lags: Sequence[float]
    answer_seconds: Sequence[float]
    seconds: float

    def is_sound(self) -> bool:
        """Whether something was sent, and every reading is accounted for."""
        return self.accepted > 0 and not (self.lost or self.doubled or self.kept_though_refused)

    def lines(self) -> Iterator[str]:
        """The report for people."""
        yield f"accepted   {self.accepted}"
        yield f"processed  {self.processed}"
        yield f"lost       {len(self.lost)}{_examples(self.lost)}"
        yield f"doubled    {self.doubled}"
        yield f"refused    {_kinds(self.refused)}"
        if self.kept_though_refused:
            yield f"refused, and stored all the same: {self.kept_though_refused}"
        yield f"unknown    {self.unknown} without a final answer"
        yield f"answers    {_kinds(self.answers)}"
        yield f"answer     {_percentiles([1000 * seconds for seconds in self.answer_seconds])}"
        yield f"lag        {_percentiles(self.lags)} (received to processed)"
        yield f"rate       {self.accepted / self.seconds:.1f} readings a second for {self.seconds:.1f} s"


def make_report(ledger: Ledger, stored: Stored, seconds: float) -> Report:
    """Hold the account against the tables.

    Args:
        ledger: The account of the run.
        stored: What the tables hold of all its devices.
        seconds: From the first request to the last answer.
    """
    processed = {name for name in ledger.accepted if stored.raw[name] and stored.processed[name]}
    sent = ledger.sent()
    spare = sum(
        count - (name in sent) for table in (stored.raw, stored.processed) for name, count in table.items() if count
    )
    return Report(
        accepted=len(ledger.accepted),
        processed=len(processed),
        lost=tuple(sorted(ledger.accepted - processed)),
        doubled=spare,
        refused=Counter(ledger.refused.values()),
        kept_though_refused=sum(bool(stored.raw[name] or stored.processed[name]) for name in ledger.refused),
        unknown=len(ledger.unknown),
        answers=ledger.answers,
        lags=stored.lags(),
        answer_seconds=sorted(ledger.seconds),
        seconds=seconds,
    )


def percentile(values: Sequence[float], share: int) -> float:
    """The nearest-rank percentile.

    Args:
        values: Ascending, not empty.
        share: From 1 to 100.
    """
    return values[ceil(len(values) * share / 100) - 1]


def _percentiles(values: Sequence[float]) -> str:
    if not values:
        return "none"
    named = [f"p{share} {percentile(values, share):.0f}" for share in PERCENTILES]
    return ", ".join([*named, f"max {values[-1]:.0f} ms"])


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())) or "0"


def _examples(lost: Sequence[Sent]) -> str:
    shown = ", ".join(f"{name.device_id} {name.timestamp}" for name in lost[:3])
    return f", such as {shown}" if shown else ""
