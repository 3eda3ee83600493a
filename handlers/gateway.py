"""API Gateway's Lambda proxy events and answers, payload format 1.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from handlers.contract import CONTENT_CODINGS, MAXIMUM_BODY_BYTES
from handlers.domain.documents import encode, parse, shown
from handlers.domain.problems import MEDIA_TYPE, Fault, ProblemError, bad_request
from handlers.domain.validation import named_fault
from handlers.errors import MalformedDocumentError

REQUEST_SECONDS: Final = 25.0
"""For the work on one request: API Gateway ends it at 29 seconds, the function's own start included."""

Event = Mapping[str, Any]
Answer = dict[str, object]


def json_body(event: Event) -> object:
    """Return the request's parsed body.

    Raises:
        ProblemError: 400 where it is absent or not JSON, 413 where it is too large, 415 where its content coding is not
            one that API Gateway decodes.
    """
    _check_content_coding(header(event, "Content-Encoding") or "identity")
    try:
        return parse(_body_text(event))
    except MalformedDocumentError as error:
        raise bad_request([Fault("#", str(error))]) from error


def query_parameters(event: Event) -> Mapping[str, str]:
    """Return the query string's parameters.

    Raises:
        ProblemError: 400 where one is given more than once.
    """
    several: Mapping[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    faults = [named_fault("#", name, "must be given once") for name, values in several.items() if len(values) > 1]
    if faults:
        raise bad_request(faults)
    return event.get("queryStringParameters") or {}


def header(event: Event, name: str) -> str | None:
    """Return a header's value; names differ by case for nobody."""
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


def request_id(event: Event) -> str:
    """Return API Gateway's id of the request: the correlation id of all that follows from it."""
    return str((event.get("requestContext") or {}).get("requestId") or "none")


def answer(document: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return a JSON answer."""
    return _answer(status, "application/json", {}, document)


def problem_answer(problem: ProblemError) -> Answer:
    """Return a problem as the answer."""
    return _answer(problem.status, MEDIA_TYPE, problem.headers, problem.document())


def _answer(status: HTTPStatus, media_type: str, headers: Mapping[str, str], document: object) -> Answer:
    return {
        "statusCode": status.value,
        "headers": {"Content-Type": media_type, **headers},
        "body": encode(document),
        "isBase64Encoded": False,
    }


def _check_content_coding(coding: str) -> None:
    if coding.strip().lower() not in CONTENT_CODINGS:
        allowed = ", ".join(CONTENT_CODINGS)
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "The content coding is not supported.",
            [Fault("#", f"Content-Encoding must be one of {allowed}; it is {shown(coding)}")],
            headers={"Accept-Encoding": allowed},
        )


def _body_text(event: Event) -> str:
    body = event.get("body")
    if not body:
        raise MalformedDocumentError("the body is missing")
    if len(body) > 2 * MAXIMUM_BODY_BYTES:
        raise _too_large()
    try:
        encoded = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        if len(encoded) > MAXIMUM_BODY_BYTES:
            raise _too_large()
        return str(encoded, "utf-8")
    except ValueError:  # of base64, or of UTF-8
        raise MalformedDocumentError("not UTF-8") from None


def _too_large() -> ProblemError:
    fault = Fault("#", f"must have at most {MAXIMUM_BODY_BYTES} bytes")
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.", [fault])
