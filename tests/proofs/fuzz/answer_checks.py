"""Checks that every answer to a bad input is one that the API contract allows and explains the refusal."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

Document = dict[str, Any]

_INTERNALS: Final = re.compile(
    r"Traceback|File \\?\"|\.py\b|botocore|boto3|NoneType|has no attribute|/var/task|lambda_handler|arn:aws|errorType"
    r"|\b[A-Z]\w*(Error|Exception)\b|InvalidOperation"
)
"""Terms of Python, of the AWS SDK or of this code: internals that no answer may show."""
_MAXIMUM_FAULT: Final = 4_000
"""Characters of one entry: a member's name of 256 characters, each of up to 12 in a pointer, and the reason."""
MAXIMUM_FAULTS: Final = 1_001
MULTI_STATUS, FIRST_REFUSAL, FIRST_FAILURE = 207, 400, 500


def check_answer(status: int, media_type: str, text: str, *, allowed: frozenset[int]) -> Document:
    """Assert that an answer has an allowed status, and explains whatever it refuses.

    Args:
        status: The HTTP status.
        media_type: The content type.
        text: The body.
        allowed: The statuses that the operation may answer.

    Returns:
        The answer's document, numbers as `Decimal`.
    """
    shown = f"{status} {media_type}: {text[:2000]}"
    assert status < FIRST_FAILURE, shown
    assert status in allowed, shown
    document: Document = json.loads(text, parse_float=Decimal)
    assert isinstance(document, dict), shown
    if status < FIRST_REFUSAL:
        assert media_type == "application/json", shown
        assert document.get("rejected") if status == MULTI_STATUS else not document.get("rejected"), shown
    else:
        assert media_type == "application/problem+json", shown
        assert document["status"] == status, shown
        assert next(faults(document), None) or status in (401, 403, 404, 405, 429), f"no fault is named: {shown}"
        _check_problem(document, shown)
    for rejection in document.get("rejected", []):
        assert rejection["error"]["errors"], f"no fault is named: {shown}"
        _check_problem(rejection["error"], shown)
    assert sum(1 for _ in faults(document)) <= MAXIMUM_FAULTS, shown
    return document


def _check_problem(problem: Document, shown: str) -> None:
    assert FIRST_REFUSAL <= problem["status"] < FIRST_FAILURE, shown
    assert problem["title"], shown
    assert problem["detail"], shown
    assert not _INTERNALS.search(json.dumps(_without_pointers(problem), default=str)), shown
    for fault in problem.get("errors", []):
        assert fault["pointer"].startswith("#"), shown
        assert fault["detail"], shown
        assert len(json.dumps(fault)) <= _MAXIMUM_FAULT, shown


def _without_pointers(problem: Document) -> Document:
    """A problem without its pointers, which repeat the names that the caller sent."""
    return {**problem, "errors": [{**fault, "pointer": ""} for fault in problem.get("errors", [])]}


def faults(document: Document) -> Iterator[Document]:
    """The entries that explain a refusal: of the request, and of each rejected reading of a batch."""
    yield from document.get("errors", [])
    for rejection in document.get("rejected", []):
        yield from rejection["error"]["errors"]


def accepted_readings(status: int, document: Document) -> int:
    """How many readings an answer of `/ingest` reports as accepted."""
    if status >= FIRST_REFUSAL:
        return 0
    return int(document["accepted"]) if "accepted" in document else 1
