"""API Gateway's Lambda proxy events and answers, payload format 1.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from handlers.aws.retrying import Context, Retrying
from handlers.contract import CONTENT_CODINGS, MAXIMUM_BODY_BYTES
from handlers.domain.documents import encode, parse, shown
from handlers.domain.fields import named_fault
from handlers.domain.problems import MEDIA_TYPE, Fault, FaultsError, ProblemError, bad_request, unavailable
from handlers.errors import MalformedDocumentError, UnavailableError
from handlers.observability import logger

REQUEST_SECONDS: Final = 25.0
"""For the work on one request: API Gateway ends it at 29 seconds, the function's own start included."""
_INTERNAL_ERROR: Final = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "The request failed on our side.")

Event = Mapping[str, Any]
Answer = dict[str, object]


def answered(
    operation: Callable[[Event, Retrying], Answer], event: Event, context: Context, reserved_seconds: float
) -> Answer:
    """Carry out a request and answer it: every error becomes an answer that shows nothing of its cause.

    Args:
        operation: carries it out.
        event: the request.
        context: of the invocation.
        reserved_seconds: kept for the answer.
    """
    logger.set_correlation_id(request_id(event))
    try:
        return operation(event, Retrying.of(context, reserved_seconds).within(REQUEST_SECONDS))
    except ProblemError as problem:
        return _problem_answer(problem)
    except FaultsError as error:
        return _problem_answer(bad_request(error.faults))
    except UnavailableError as error:
        logger.error("the AWS request failed", operation=error.operation, code=error.code)
        return _problem_answer(unavailable())
    except Exception:  # noqa: BLE001 - the last resort: the caller gets a problem, the log gets the traceback
        logger.exception("unexpected failure")
        return _problem_answer(_INTERNAL_ERROR)


def json_body(event: Event) -> object:
    """Return the request's parsed body.

    Raises:
        ProblemError: 400 where it is missing or not JSON, 413 where it is too large, 415 where API Gateway does not
            decode its content coding.
    """
    _check_content_coding(header(event, "Content-Encoding") or "identity")
    try:
        return parse(_body_text(event))
    except MalformedDocumentError as error:
        raise bad_request([Fault("#", str(error))]) from error


def query_parameters(event: Event) -> Mapping[str, str]:
    """Return the query string's parameters.

    Raises:
        ProblemError: 400 where a parameter is given more than once.
    """
    several: Mapping[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    faults = [named_fault("#", name, "must be given once") for name, values in several.items() if len(values) > 1]
    if faults:
        raise bad_request(faults)
    return event.get("queryStringParameters") or {}


def header(event: Event, name: str) -> str | None:
    """Return a header's value; the case of its name does not matter."""
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


def request_id(event: Event) -> str:
    """Return API Gateway's id of the request, which is the correlation id of its messages and log lines."""
    return str((event.get("requestContext") or {}).get("requestId") or "none")


def answer(
    document: object,
    status: HTTPStatus = HTTPStatus.OK,
    media_type: str = "application/json",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """Return a document as the answer."""
    return {
        "statusCode": status.value,
        "headers": {"Content-Type": media_type, **headers},
        "body": encode(document),
        "isBase64Encoded": False,
    }


def _problem_answer(problem: ProblemError) -> Answer:
    return answer(problem.document(), problem.status, MEDIA_TYPE, problem.headers)


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
