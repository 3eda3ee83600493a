"""Proofs: tests that show a promise, with figures of what was tried and what was as promised.

`@pytest.mark.proof("one of PARTS")` makes a test a proof, which records its figures with the fixture `figures`. `make
prove` runs all proofs and prints them as one table; `make test` runs those without `@pytest.mark.slow`, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

PARTS: Final = (
    "integrations",
    "least privilege",
    "nothing lost",
    "bad inputs",
    "state",
    "modules alone",
    "throttling and load",
    "alarms",
    "supply chain",
)
"""What is proved, in the order of the table."""


class Figures:
    """What one proof tried, and how much of it was as promised."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.measured: dict[str, str] = {}

    def count(self, what: str, *, held: bool = True) -> None:
        """Count one attempt.

        Args:
            what: Such as `forged requests refused`.
            held: Whether it was as promised. The test fails where anything was not.
        """
        counts = self.counts.setdefault(what, [0, 0])
        counts[0] += 1
        counts[1] += held

    def tried(self, what: str, number: int, held: int | None = None) -> None:
        """Count several attempts at once.

        Args:
            what: Such as `forged requests refused`.
            number: How many were tried.
            held: How many were as promised; all by default.
        """
        counts = self.counts.setdefault(what, [0, 0])
        counts[0] += number
        counts[1] += number if held is None else held

    def measure(self, what: str, value: object) -> None:
        """Record a figure that cannot be wrong, such as a median."""
        self.measured[what] = str(value)

    def complaint(self) -> str | None:
        """Why these figures prove nothing, or None."""
        if not self.counts:
            return "a proof that tried nothing proves nothing: count in `figures` what was tried"
        short = [
            f"{what}: {held} of {tried}" for what, (tried, held) in self.counts.items() if held != tried or not tried
        ]
        return f"not all held: {'; '.join(short)}" if short else None


@dataclass
class Row:
    """One proof of the table; all cases of a parametrised test are one proof."""

    part: str
    test: str
    passed: bool = True
    skipped: str | None = None
    seconds: float = 0
    figures: Figures = field(default_factory=Figures)

    def holds(self) -> bool:
        """Whether every case ran, and was as promised."""
        return self.passed and self.skipped is None

    def skip(self, reason: str) -> None:
        """Record that a case did not run, and why."""
        self.skipped = reason

    def add(self, figures: Figures, seconds: float, *, passed: bool) -> None:
        """Add one case."""
        self.passed = self.passed and passed
        self.seconds += seconds
        for what, (tried, held) in figures.counts.items():
            self.figures.tried(what, tried, held)
        self.figures.measured.update(figures.measured)


@dataclass
class Proofs:
    """All proofs of a run."""

    rows: list[Row] = field(default_factory=list)

    def row(self, part: str, test: str) -> Row:
        """The row of a test, a new one where there is none yet."""
        found = next((row for row in self.rows if (row.part, row.test) == (part, test)), None)
        if found is None:
            found = Row(part, test)
            self.rows.append(found)
        return found

    def complete(self, parts: Sequence[str] = PARTS) -> bool:
        """Whether each of these parts has a proof that ran."""
        return {row.part for row in self.rows if row.skipped is None} >= set(parts)

    def lines(self, parts: Sequence[str] = PARTS) -> Iterator[str]:
        """The table of these parts, line by line."""
        for part in parts:
            rows = sorted((row for row in self.rows if row.part == part), key=lambda row: row.test)
            if all(row.skipped is not None for row in rows):
                yield f"{part:<20} NOT PROVED: no proof of it has run"
            for row in rows:
                yield from _row_lines(row)
        yield f"{'all':<20} {sum(row.holds() for row in self.rows)} of {len(self.rows)} proofs hold"


def _row_lines(row: Row) -> Iterator[str]:
    verdict = "holds" if row.holds() else "skipped" if row.passed else "FAILED"
    yield f"{row.part:<20} {verdict:<7} {row.seconds:6.1f} s  {row.test}"
    if row.skipped is not None:
        yield f"{'':<20} {row.skipped}"
    for what, (tried, held) in row.figures.counts.items():
        yield f"{'':<40} {tried:>7} tried {held:>7} held  {what}"
    for what, value in row.figures.measured.items():
        yield f"{'':<40} {value:>26}  {what}"
