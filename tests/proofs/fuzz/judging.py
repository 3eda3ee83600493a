"""What every answer to a bad input must be, whoever gives it."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

Document = dict[str, Any]

_INSIDE: Final = re.compile(
    r"Traceback|File \\?\"|\.py\b|botocore|boto3|NoneType|has no attribute|/var/task|lambda_handler|arn:aws|errorType"
    r"|\b[A-Z]\w*(Error|Exception)\b|InvalidOperation"
)
"""Words of Python, of AWS's SDK or of our own code, which tell a caller nothing but how we are made."""
_LONGEST_FAULT: Final = 4_000
"""Characters of one entry: a member's name of 256 characters, each of up to 12 in a pointer, and the reason."""
MOST_FAULTS: Final = 1_001
MULTI_STATUS, FIRST_REFUSAL, FIRST_FAILURE = 207, 400, 500


def judge(status: int, media_type: str, text: str, *, allowed: frozenset[int]) -> Document:
    """Assert that an answer is one of ours: of an allowed status, and with an explanation of whatever it refuses.

    Args:
        status: of the answer.
        media_type: its content type.
        text: its body.
        allowed: the statuses that the operation may answer.

    Returns:
        The answer's document, numbers as `Decimal`.
    """
    told = f"{status} {media_type}: {text[:2000]}"
    assert status < FIRST_FAILURE, told
    assert status in allowed, told
    document: Document = json.loads(text, parse_float=Decimal)
    assert isinstance(document, dict), told
    if status < FIRST_REFUSAL:
        assert media_type == "application/json", told
        assert document.get("rejected") if status == MULTI_STATUS else not document.get("rejected"), told
    else:
        assert media_type == "application/problem+json", told
        assert document["status"] == status, told
        assert next(faults(document), None) or status in (401, 403, 404, 405, 429), (
            f"nothing says what is wrong: {told}"
        )
        _judge_problem(document, told)
    for rejection in document.get("rejected", []):
        assert rejection["error"]["errors"], f"nothing says what is wrong: {told}"
        _judge_problem(rejection["error"], told)
    assert sum(1 for _ in faults(document)) <= MOST_FAULTS, told
    return document


def _judge_problem(problem: Document, told: str) -> None:
    assert FIRST_REFUSAL <= problem["status"] < FIRST_FAILURE, told
    assert problem["title"], told
    assert problem["detail"], told
    assert not _INSIDE.search(json.dumps(_own_words(problem), default=str)), told
    for fault in problem.get("errors", []):
        assert fault["pointer"].startswith("#"), told
        assert fault["detail"], told
        assert len(json.dumps(fault)) <= _LONGEST_FAULT, told


def _own_words(problem: Document) -> Document:
    """A problem without its pointers, whose members are named by whoever sent them."""
    return {**problem, "errors": [{**fault, "pointer": ""} for fault in problem.get("errors", [])]}


def faults(document: Document) -> Iterator[Document]:
    """The entries that explain a refusal: of the request, and of each rejected reading of a batch."""
    yield from document.get("errors", [])
    for rejection in document.get("rejected", []):
        yield from rejection["error"]["errors"]


def taken(status: int, document: Document) -> int:
    """How many readings an answer of `/ingest` says were accepted."""
    if status >= FIRST_REFUSAL:
        return 0
    return int(document["accepted"]) if "accepted" in document else 1
