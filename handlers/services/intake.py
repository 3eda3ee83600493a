"""Takes readings in: stored first, then queued, and only then acknowledged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from handlers.aws.ingestion_queue import IngestionQueue, Trail
from handlers.aws.parallel import in_parallel
from handlers.aws.raw_table import RawTable, Stored
from handlers.aws.retrying import Retrying
from handlers.domain.message import Message, to_body
from handlers.domain.reading import Reading
from handlers.domain.submission import Entry


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry: `reading` has the timestamp under which it was stored."""

    index: int
    reading: Reading
    stored: Stored


@dataclass(frozen=True)
class Intake:
    """Stores and queues readings; to do so again with the same readings changes nothing.

    Attributes:
        clock: epoch milliseconds now.
    """

    raw_table: RawTable
    queue: IngestionQueue
    clock: Callable[[], int]

    def take(self, entries: Sequence[Entry], trail: Trail, retrying: Retrying) -> list[Outcome]:
        """Store every entry and queue those that were stored, now or before.

        Returns:
            An outcome for each entry, by index.

        Raises:
            UnavailableError: at least one reading may be stored and not queued.
        """
        rows = in_parallel(lambda row: [self._store(entry, retrying) for entry in row], _rows(entries))
        outcomes = sorted((outcome for row in rows for outcome in row), key=lambda outcome: outcome.index)
        kept = [outcome.reading for outcome in outcomes if outcome.stored is not Stored.OTHER]
        accepted_at = self.clock()
        self.queue.send([to_body(Message(reading, accepted_at)) for reading in kept], trail, retrying)
        return outcomes

    def _store(self, entry: Entry, retrying: Retrying) -> Outcome:
        reading = entry.reading
        while True:
            stored = self.raw_table.put(reading, self.clock(), retrying)
            if stored is not Stored.OTHER or not entry.server_timed:
                return Outcome(entry.index, reading, stored)
            reading = replace(reading, timestamp=max(self.clock(), reading.timestamp + 1))


def _rows(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Put the entries that want the same place in one row, so that the first sent is the first served."""
    rows: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        rows.setdefault(entry.reading.key, []).append(entry)
    return list(rows.values())
