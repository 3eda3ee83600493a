"""Takes readings in: stored first, then queued, and only then acknowledged."""

from collections.abc import Callable, Sequence

import msgspec

from handlers.aws.ingestion_queue import IngestionQueue, Trail
from handlers.aws.parallel import in_parallel
from handlers.aws.raw_table import RawTable, Stored
from handlers.aws.retrying import Retrying
from handlers.domain.packing import pack
from handlers.domain.reading import Reading
from handlers.domain.submission import Entry
from handlers.errors import UnavailableError


class Outcome(msgspec.Struct, frozen=True):
    """What became of an entry.

    Attributes:
        reading: has the timestamp under which it was stored, or tried last.
        stored: nothing where AWS failed, and it may be stored or not.
        error: AWS's failure.
    """

    index: int
    reading: Reading
    stored: Stored | None
    error: UnavailableError | None = None


class IncompleteIntakeError(UnavailableError):
    """At least one reading may be stored and not queued, or is not stored.

    Attributes:
        outcomes: what is known of every entry: to send the same readings with these timestamps again is safe.
    """

    def __init__(self, cause: UnavailableError, outcomes: Sequence[Outcome]) -> None:
        super().__init__(cause.operation, cause.code)
        self.outcomes = outcomes


class Intake(msgspec.Struct, frozen=True):
    """Stores and queues readings; to do so again with the same readings changes nothing.

    Attributes:
        clock: epoch milliseconds now.
    """

    raw_table: RawTable
    queue: IngestionQueue
    clock: Callable[[], int]

    def take(self, entries: Sequence[Entry], trail: Trail, retrying: Retrying) -> list[Outcome]:
        """Store every entry and queue those that were stored, now or before, even where others were not.

        Returns:
            An outcome for each entry, by index.

        Raises:
            IncompleteIntakeError: AWS failed for at least one of them.
        """
        rows = in_parallel(lambda row: [self._store(entry, retrying) for entry in row], _rows(entries))
        outcomes = sorted((outcome for row in rows for outcome in row), key=lambda outcome: outcome.index)
        failures = [outcome.error for outcome in outcomes if outcome.error is not None]
        try:
            self._queue(outcomes, trail, retrying)
        except UnavailableError as error:
            failures.append(error)
        if failures:
            raise IncompleteIntakeError(failures[0], outcomes)
        return outcomes

    def _queue(self, outcomes: Sequence[Outcome], trail: Trail, retrying: Retrying) -> None:
        kept = [outcome.reading for outcome in outcomes if outcome.stored in (Stored.NEW, Stored.SAME)]
        self.queue.send(pack(kept, self.clock()), trail, retrying)

    def _store(self, entry: Entry, retrying: Retrying) -> Outcome:
        reading = entry.reading
        while True:
            try:
                stored = self.raw_table.put(reading, self.clock(), retrying)
            except UnavailableError as error:
                return Outcome(entry.index, reading, None, error)
            if stored is not Stored.OTHER or not entry.server_timed:
                return Outcome(entry.index, reading, stored)
            reading = msgspec.structs.replace(reading, timestamp=max(self.clock(), reading.timestamp + 1))


def _rows(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Put the entries that want the same place in one row, so that the first sent is the first served."""
    rows: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        rows.setdefault(entry.reading.key, []).append(entry)
    return list(rows.values())
