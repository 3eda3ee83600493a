"""The body of `POST /ingest`: one reading or a batch, each reading checked by itself."""

from collections.abc import Callable, Sequence
from itertools import count

import msgspec

from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.fields import unknown_members
from handlers.domain.problems import Fault, FaultsError, member
from handlers.domain.reading import Reading
from handlers.domain.validation import SentReading, validate


class Entry(msgspec.Struct, frozen=True):
    """A valid reading of a submission.

    Attributes:
        index: its place among the readings sent.
        reading: always with a timestamp.
        server_timed: the server chose the timestamp and may move it.
    """

    index: int
    reading: Reading
    server_timed: bool


class Rejection(msgspec.Struct, frozen=True):
    """An invalid reading of a submission."""

    index: int
    faults: list[Fault]


class Submission(msgspec.Struct, frozen=True):
    """A request's readings: the valid ones, and the faults of the others."""

    entries: list[Entry]
    rejections: list[Rejection]
    is_batch: bool


class Clock(msgspec.Struct, frozen=True):
    """The server's time, epoch milliseconds, and the timestamps that a reading may have."""

    now: int
    accepted: AcceptedTimes


def read_submission(document: object, clock: Clock, batch_size: Callable[[], int]) -> Submission:
    """Check what was posted.

    Args:
        document: the parsed body.
        clock: the bounds in time.
        batch_size: returns the maximum number of readings in a batch; called only for a batch.

    Raises:
        FaultsError: of a single reading, or of the batch as a whole; a batch's readings are rejected one by one.
    """
    if isinstance(document, dict) and "readings" in document:
        return _read_batch(_members(document, batch_size(), clock), clock)
    sent = validate(document, "#", clock.accepted)
    return Submission(_timed([(0, sent)], clock.now), [], is_batch=False)


def _members(document: dict[str, object], batch_size: int, clock: Clock) -> list[object]:
    """Return the readings; where the batch itself has faults, those of the readings are reported with them."""
    faults = unknown_members(document, ("readings",), "#")
    sent = document["readings"]
    readings: list[object] = sent if isinstance(sent, list) else []
    if not 1 <= len(readings) <= batch_size:
        faults.append(Fault(member("#", "readings"), f"must be an array of 1 to {batch_size} readings"))
    if faults:
        rejections = _read_batch(readings[:batch_size], clock).rejections
        raise FaultsError([*faults, *(fault for rejection in rejections for fault in rejection.faults)])
    return readings


def _read_batch(documents: Sequence[object], clock: Clock) -> Submission:
    valid: list[tuple[int, SentReading]] = []
    rejections: list[Rejection] = []
    for index, document in enumerate(documents):
        try:
            valid.append((index, validate(document, f"#/readings/{index}", clock.accepted)))
        except FaultsError as error:
            rejections.append(Rejection(index, error.faults))
    return Submission(_timed(valid, clock.now), rejections, is_batch=True)


def _timed(sent: Sequence[tuple[int, SentReading]], now: int) -> list[Entry]:
    """Give the readings without a timestamp the server's time, those of one device a millisecond apart."""
    taken = {(reading.device_id, reading.timestamp) for _, reading in sent}
    entries = []
    for index, reading in sent:
        moment = next(moment for moment in count(now) if (reading.device_id, moment) not in taken)
        if reading.timestamp is None:
            taken.add((reading.device_id, moment))
        entries.append(Entry(index, reading.reading(moment), server_timed=reading.timestamp is None))
    return entries
