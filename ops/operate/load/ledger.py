"""What was sent and what became of it, by what the API answered."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Sent(NamedTuple):
    """One reading, by what makes it one: no two of a run are alike."""

    device_id: str
    timestamp: int


@dataclass
class Ledger:
    """The account of one run. Several threads write into it.

    Attributes:
        accepted: Readings that the API answered for with 200, or with 207 and without an error.
        refused: Readings that the API answered for with an error that a retry does not fix.
        unknown: Readings without a final answer: they may be stored or not.
        answers: How often each kind of answer came, repetitions included.
        seconds: How long each answer took.
    """

    accepted: set[Sent] = field(default_factory=set)
    refused: dict[Sent, str] = field(default_factory=dict)
    unknown: set[Sent] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the lock."""
        self._lock = threading.Lock()

    def answered(self, kind: str, seconds: float) -> None:
        """Note an answer, final or not."""
        with self._lock:
            self.answers[kind] += 1
            self.seconds.append(seconds)

    def settle(self, accepted: Iterable[Sent], refused: dict[Sent, str]) -> None:
        """Note what became of readings for good."""
        with self._lock:
            self.accepted.update(accepted)
            self.refused.update(refused)

    def give_up(self, readings: Iterable[Sent]) -> None:
        """Note readings without a final answer."""
        with self._lock:
            self.unknown.update(readings)

    def sent(self) -> set[Sent]:
        """Every reading of the run."""
        return {*self.accepted, *self.refused, *self.unknown}
