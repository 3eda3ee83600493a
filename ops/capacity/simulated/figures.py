"""What a simulation saw."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

API: Final = "API throttle of the settings"
INGESTION: Final = "ingestion's reserved concurrency"
MAPPING: Final = "event source mapping's concurrency"
"""Limits by the names of `ops.capacity.ceilings`."""
_MANY: Final = 0.01
_GROWN: Final = 0.05


@dataclass
class Figures:
    """What was seen after the warm-up.

    Attributes:
        seconds: How long was looked.
        calls: AWS calls of the functions and the mapping, by operation; `EmptyReceive` is a receive that finds nothing.
        refused: Requests, by the limit that refused them.
        busy: Seconds of work, by function.
        waited: Seconds that messages waited for their batch to start, summed up.
        dead: Messages that went to the dead-letter queue.
        backlog: Messages that waited at the start and at the end.
    """

    seconds: float = 0
    requests: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    messages: int = 0
    busy: dict[str, float] = field(default_factory=lambda: {"ingestion": 0.0, "processor": 0.0})
    waited: float = 0
    dead: int = 0
    backlog: tuple[int, int] = (0, 0)

    def begin(self, backlog: int) -> None:
        """Forget what was seen before."""
        self.__init__(backlog=(backlog, 0))  # type: ignore[misc] # the same object stays, all parts share it

    @property
    def batch_size(self) -> float:
        """Mean messages of a batch."""
        return self.messages / self.batches if self.batches else 0.0

    @property
    def lag_seconds(self) -> float:
        """Mean wait of a message for its batch to start."""
        return self.waited / self.messages if self.messages else 0.0

    def rate(self, number: float) -> float:
        """A number as so many a second."""
        return number / self.seconds

    def first_limit(self) -> str | None:
        """What refused more than a hundredth of the requests, or the mapping where the queue grew; None without."""
        refused = [name for name, number in self.refused.most_common() if number > self.requests * _MANY]
        if refused:
            return refused[0]
        grown = self.backlog[1] - self.backlog[0]
        return MAPPING if grown > _GROWN * (self.messages + grown) else None
