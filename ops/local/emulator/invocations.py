"""Puts right that an invocation belongs to a trace.

Lambda goes on with the trace of the request that it answers, or begins one, hands it to the function in
`_X_AMZN_TRACE_ID`, and sends the segment under which the function's own subsegments stand (Lambda Developer Guide,
"Visualize Lambda function invocations using AWS X-Ray"). MiniStack 1.5.33 begins a new trace with every invocation, and
sends nothing.
"""

import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

_header: ContextVar[str | None] = ContextVar("the trace header of the invocation", default=None)


def traced(
    invoke: Callable[..., dict[str, Any]],
    trace_of: Callable[[str | None], str],
    send: Callable[[dict[str, Any]], None],
) -> Callable[..., dict[str, Any]]:
    """Wrap what carries an invocation out.

    Args:
        invoke: Takes the function, its configuration, the event, the request's id and when it began.
        trace_of: The trace header that goes on from the request's, if there is one.
        send: Takes the segment.
    """

    def run(function: Any, configuration: dict[str, Any], event: Any, request_id: str, began: float) -> dict[str, Any]:
        if configuration.get("TracingConfig", {}).get("Mode") != "Active":
            return invoke(function, configuration, event, request_id, began)
        fields = dict(field.partition("=")[::2] for field in trace_of(_request_header(event)).split(";"))
        segment = secrets.token_hex(8)
        token = _header.set(f"Root={fields['Root']};Parent={segment};Sampled={fields['Sampled']}")
        try:
            result = invoke(function, configuration, event, request_id, began)
        finally:
            _header.reset(token)
        if fields["Sampled"] == "1":
            send(
                {
                    "name": configuration["FunctionName"],
                    "id": segment,
                    "trace_id": fields["Root"],
                    "origin": "AWS::Lambda::Function",
                    "start_time": began,
                    "end_time": time.time(),
                    "fault": bool(result.get("error")),
                    "aws": {"request_id": request_id, "function_arn": configuration["FunctionArn"]},
                }
            )
        return result

    return run


def header_of_invocation(made_up: Callable[..., str | None]) -> Callable[..., str | None]:
    """Wrap what tells the function its trace header."""
    return lambda *arguments, **named: _header.get() or made_up(*arguments, **named)


def _request_header(event: Any) -> str | None:
    headers = event.get("headers") if isinstance(event, dict) else None
    return headers.get("X-Amzn-Trace-Id") if isinstance(headers, dict) else None
