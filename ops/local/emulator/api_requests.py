"""Puts right by what a request to an API is known: its id and its trace.

On AWS the answer names the id that the function finds in `requestContext` (API Gateway Developer Guide, "Set up API
logging": x-amzn-RequestId is $context.requestId), and the function finds the request's `X-Amzn-Trace-Id`, the client's
or a new one (X-Ray Developer Guide, "Amazon API Gateway and AWS X-Ray"). MiniStack 1.5.33 answers with another id, and
a client's trace ends at the gateway.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Final

HEADER: Final = "X-Amzn-Trace-Id"
_told: ContextVar[dict[str, str]] = ContextVar("what the answer tells of the request")


def traced(
    build: Callable[..., dict[str, Any]], trace_of: Callable[[str | None], str]
) -> Callable[..., dict[str, Any]]:
    """Wrap what builds a function's event.

    Args:
        build: Makes the event.
        trace_of: The trace header that goes on from the client's, if there is one.
    """

    def event_of(*arguments: Any, **named: Any) -> dict[str, Any]:
        event = build(*arguments, **named)
        trace = trace_of(event["headers"].pop(HEADER.lower(), None))
        event["headers"][HEADER] = trace
        event["multiValueHeaders"].pop(HEADER.lower(), None)
        event["multiValueHeaders"][HEADER] = [trace]
        _told.set({"x-amzn-requestid": event["requestContext"]["requestId"], HEADER.lower(): trace})
        return event

    return event_of


def named(invoke: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Wrap what asks the function and makes the API's answer of it; another thing than an answer is left alone."""

    async def answer_of(*arguments: Any, **named: Any) -> Any:
        answer = await invoke(*arguments, **named)
        if not isinstance(answer, tuple):
            return answer
        status, headers, body = answer
        return status, {**headers, **_told.get()}, body

    return answer_of
