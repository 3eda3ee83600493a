"""Accepts the readings of a request: they are stored first, then queued, and only then acknowledged."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

import msgspec

from handlers.aws.ingestion_queue import IngestionQueue, TraceContext
from handlers.aws.parallel import in_parallel
from handlers.aws.raw_table import RawTable, Stored
from handlers.aws.retrying import Retrying
from handlers.domain.packing import pack
from handlers.domain.problems import MAXIMUM_FAULTS, Fault, ProblemError, bad_request, member
from handlers.domain.reading import Key, Reading
from handlers.domain.submission import Entry, Submission
from handlers.errors import UnavailableError


class Outcome(msgspec.Struct, frozen=True):
    """The outcome of an entry.

    Attributes:
        reading: with the timestamp under which it was stored, or tried last.
        stored: None where AWS failed: it is not known whether the reading is stored.
        error: AWS's failure.
    """

    index: int
    reading: Reading
    stored: Stored | None
    error: UnavailableError | None = None


class IncompleteError(UnavailableError):
    """At least one reading is not stored, or stored but not queued.

    Attributes:
        outcomes: of every entry: sending the same readings with these timestamps again is safe.
    """

    def __init__(self, cause: UnavailableError, outcomes: Sequence[Outcome]) -> None:
        super().__init__(cause.operation, cause.code)
        self.outcomes = outcomes


class Acceptance(msgspec.Struct, frozen=True):
    """Stores and queues readings; doing so again with the same readings changes nothing.

    Attributes:
        clock: epoch milliseconds now.
    """

    raw_table: RawTable
    queue: IngestionQueue
    clock: Callable[[], int]

    def accept(self, entries: Sequence[Entry], trace: TraceContext, retrying: Retrying) -> list[Outcome]:
        """Store every entry and queue those that are stored, now or before, even where others failed.

        Returns:
            An outcome for each entry, by index.

        Raises:
            IncompleteError: AWS failed for at least one of them.
        """
        groups = in_parallel(lambda group: [self._store(entry, retrying) for entry in group], _by_key(entries))
        outcomes = sorted((outcome for group in groups for outcome in group), key=lambda outcome: outcome.index)
        failures = [outcome.error for outcome in outcomes if outcome.error is not None]
        stored = [outcome.reading for outcome in outcomes if outcome.stored in (Stored.NEW, Stored.SAME)]
        try:
            self.queue.send(pack(stored, self.clock()), trace, retrying)
        except UnavailableError as error:
            failures.append(error)
        if failures:
            raise IncompleteError(failures[0], outcomes)
        return outcomes

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


def _by_key(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Group the entries of the same device and millisecond, so that the first one sent is the first one stored."""
    groups: dict[Key, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.reading.key, []).append(entry)
    return list(groups.values())


def receipt(submission: Submission, outcomes: Sequence[Outcome]) -> tuple[HTTPStatus, dict[str, object]]:
    """Return the status and the body of the answer.

    Raises:
        ProblemError: nothing was accepted: 409 for one reading in conflict, 400 for a whole batch.
    """
    conflicts = {each.index: _conflict(submission, each) for each in outcomes if each.stored is Stored.OTHER}
    if submission.is_batch:
        refused = {each.index: bad_request(each.faults) for each in submission.rejections} | conflicts
        return _batch_receipt(len(outcomes) - len(conflicts), refused)
    for conflict in conflicts.values():
        raise conflict
    reading = outcomes[0].reading
    return HTTPStatus.OK, {"message": "accepted", "device_id": reading.device_id, "timestamp": reading.timestamp}


def chosen_timestamps(submission: Submission, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return what a client adds to the readings it sent without a time, so that sending them again is safe."""
    server_timed = {entry.index for entry in submission.entries if entry.server_timed}
    chosen = [
        {"index": outcome.index, "device_id": outcome.reading.device_id, "timestamp": outcome.reading.timestamp}
        for outcome in outcomes
        if outcome.index in server_timed
    ]
    return {"chosen_timestamps": chosen} if chosen else {}


def _batch_receipt(accepted: int, refused: dict[int, ProblemError]) -> tuple[HTTPStatus, dict[str, object]]:
    share = max(1, MAXIMUM_FAULTS // max(1, len(refused)))
    rejected = [{"index": index, "error": problem.document(share)} for index, problem in sorted(refused.items())]
    counts = {"accepted": accepted, "rejected": rejected}
    if not accepted:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "No reading was accepted.", extensions=counts)
    return (HTTPStatus.MULTI_STATUS if refused else HTTPStatus.OK), counts


def _conflict(submission: Submission, outcome: Outcome) -> ProblemError:
    pointer = member(f"#/readings/{outcome.index}" if submission.is_batch else "#", "timestamp")
    fault = Fault(pointer, "a different reading with this timestamp is already stored")
    return ProblemError(HTTPStatus.CONFLICT, "The reading differs from the stored one.", [fault])
