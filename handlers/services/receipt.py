"""The answer to a submission: what was accepted, and why the rest was not."""

from collections.abc import Sequence
from http import HTTPStatus

from handlers.aws.raw_table import Stored
from handlers.domain.problems import MAXIMUM_FAULTS, Fault, ProblemError, bad_request, member
from handlers.domain.reading import Reading
from handlers.domain.submission import Submission
from handlers.services.intake import Outcome

Receipt = tuple[HTTPStatus, dict[str, object]]


def receipt(submission: Submission, outcomes: Sequence[Outcome]) -> Receipt:
    """Return the status and the body of the answer.

    Raises:
        ProblemError: nothing was accepted: 409 for one reading in conflict, 400 for a whole batch.
    """
    conflicts = {
        outcome.index: _conflict(submission, outcome) for outcome in outcomes if outcome.stored is Stored.OTHER
    }
    if not submission.is_batch:
        return _single(outcomes[0].reading, conflicts.get(0))
    refused = {rejection.index: bad_request(rejection.faults) for rejection in submission.rejections} | conflicts
    return _batch(len(outcomes) - len(conflicts), refused)


def chosen_timestamps(submission: Submission, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return what a client adds to the readings it sent without a time, so that sending them again is safe."""
    server_timed = {entry.index for entry in submission.entries if entry.server_timed}
    chosen = [
        {"index": outcome.index, "device_id": outcome.reading.device_id, "timestamp": outcome.reading.timestamp}
        for outcome in outcomes
        if outcome.index in server_timed
    ]
    return {"chosen_timestamps": chosen} if chosen else {}


def _single(reading: Reading, conflict: ProblemError | None) -> Receipt:
    if conflict is not None:
        raise conflict
    body = {"message": "accepted", "device_id": reading.device_id, "timestamp": reading.timestamp}
    return HTTPStatus.OK, body


def _batch(accepted: int, refused: dict[int, ProblemError]) -> Receipt:
    share = max(1, MAXIMUM_FAULTS // max(1, len(refused)))
    rejected = [{"index": index, "error": problem.document(share)} for index, problem in sorted(refused.items())]
    counts = {"accepted": accepted, "rejected": rejected}
    if not accepted:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "No reading was accepted.", extensions=counts)
    return (HTTPStatus.MULTI_STATUS if refused else HTTPStatus.OK), counts


def _conflict(submission: Submission, outcome: Outcome) -> ProblemError:
    pointer = f"#/readings/{outcome.index}" if submission.is_batch else "#"
    detail = "the device has another reading with this timestamp, which stays"
    return ProblemError(
        HTTPStatus.CONFLICT, "The reading differs from the stored one.", [Fault(member(pointer, "timestamp"), detail)]
    )
