"""Corrects what is missing of X-Ray: an API's request, its invocations and their segments have one trace.

MiniStack 1.5.33 ends a client's trace at the API, answers with another request ID than the function's, begins a new
trace with each invocation, and has no X-Ray API. On AWS:

- An API passes the client's `X-Amzn-Trace-Id` on, or a new one, and answers with the function's request ID (X-Ray
  Developer Guide, "Amazon API Gateway and AWS X-Ray"; API Gateway Developer Guide, "Set up API logging").
- Lambda continues the trace of the request, passes it to the function in `_X_AMZN_TRACE_ID`, and sends the segment that
  the function's subsegments belong to (Lambda Developer Guide, "Visualize Lambda function invocations").
- The X-Ray daemon receives segments over UDP (X-Ray Developer Guide, "Sending trace data to AWS X-Ray"), and
  BatchGetTraces returns them.
"""

import json
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from threading import Lock, Thread
from typing import Any, Final

Document = dict[str, Any]
_HEADER: Final = "X-Amzn-Trace-Id"
_MAXIMUM_TRACES: Final = 1_000
_MAXIMUM_DATAGRAM_BYTES: Final = 65_535
_answer_headers: ContextVar[dict[str, str]] = ContextVar("headers of the API's answer")
_invocation_header: ContextVar[str | None] = ContextVar("the invocation's trace header", default=None)


def trace_header(inbound: str | None) -> str:
    """Continue the trace of an inbound header, or begin a sampled one."""
    fields = dict(field.strip().partition("=")[::2] for field in (inbound or "").split(";"))
    root = fields.get("Root") or f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    parent = f"Parent={fields['Parent']};" if "Parent" in fields else ""
    return f"Root={root};{parent}Sampled={fields.get('Sampled', '1')}"


# An API's request


def build_event(build: Callable[..., Document], *arguments: Any, **named: Any) -> Document:
    """Build a function's event with the request's trace header."""
    event = build(*arguments, **named)
    trace = trace_header(event["headers"].pop(_HEADER.lower(), None))
    event["headers"][_HEADER] = trace
    event["multiValueHeaders"].pop(_HEADER.lower(), None)
    event["multiValueHeaders"][_HEADER] = [trace]
    _answer_headers.set({"x-amzn-requestid": event["requestContext"]["requestId"], _HEADER.lower(): trace})
    return event


async def answer_request(invoke: Callable[..., Awaitable[Any]], *arguments: Any, **named: Any) -> Any:
    """Invoke a function; its answer gets the request's ID and trace. An error of the gateway is left as it is."""
    answer = await invoke(*arguments, **named)
    if not isinstance(answer, tuple):
        return answer
    status, headers, body = answer
    return status, {**headers, **_answer_headers.get()}, body


# A function's invocation


def run_traced(run: Callable[..., Document], send: Callable[[Document], None], *invocation: Any) -> Document:
    """Run an invocation in the trace of its request, and send its segment where the trace is sampled.

    Args:
        run: Runs it.
        send: Sends a segment.
        invocation: The function, its configuration, the event, the request's ID, and when it began.
    """
    _, configuration, event, request_id, began = invocation
    if configuration.get("TracingConfig", {}).get("Mode") != "Active":
        return run(*invocation)
    headers = event.get("headers") if isinstance(event, dict) else None
    inbound = headers.get(_HEADER) if isinstance(headers, dict) else None
    fields = dict(field.partition("=")[::2] for field in trace_header(inbound).split(";"))
    segment = {
        "name": configuration["FunctionName"],
        "id": secrets.token_hex(8),
        "trace_id": fields["Root"],
        "origin": "AWS::Lambda::Function",
        "start_time": began,
        "aws": {"request_id": request_id, "function_arn": configuration["FunctionArn"]},
    }
    token = _invocation_header.set(f"Root={fields['Root']};Parent={segment['id']};Sampled={fields['Sampled']}")
    try:
        result = run(*invocation)
    finally:
        _invocation_header.reset(token)
    if fields["Sampled"] == "1":
        send({**segment, "end_time": time.time(), "fault": bool(result.get("error"))})
    return result


def invocation_header(make: Callable[..., str | None], *arguments: Any, **named: Any) -> str | None:
    """The trace header that a function gets in `_X_AMZN_TRACE_ID`."""
    return _invocation_header.get() or make(*arguments, **named)


# X-Ray's API


class Traces:
    """The newest traces, in memory."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, Document]] = {}
        self._lock = Lock()

    def add(self, document: Document) -> None:
        """Store a segment or a subsegment; a later one of the same ID replaces it."""
        with self._lock:
            self._documents.setdefault(document["trace_id"], {})[document["id"]] = document
            if len(self._documents) > _MAXIMUM_TRACES:
                del self._documents[next(iter(self._documents))]

    def listen(self) -> str:
        """Receive segments over UDP on a free port of the loopback address, which is returned."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind(("127.0.0.1", 0))
        Thread(target=self._receive, args=(listener,), daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    async def handle_request(
        self, method: str, path: str, _headers: Any, body: bytes, _query: Any
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer BatchGetTraces, and nothing else."""
        headers = {"Content-Type": "application/json"}
        if (method, path) != ("POST", "/Traces"):
            return 501, headers, b'{"Message": "BatchGetTraces is all there is of X-Ray here"}'
        found = {name: list(self._segments(name)) for name in json.loads(body)["TraceIds"]}
        traces = [
            {"Id": name, "Segments": [{"Id": each["id"], "Document": json.dumps(each)} for each in segments]}
            for name, segments in found.items()
            if segments
        ]
        return 200, headers, json.dumps({"Traces": traces, "UnprocessedTraceIds": []}).encode()

    def _receive(self, listener: socket.socket) -> None:
        while True:
            _, _, document = listener.recv(_MAXIMUM_DATAGRAM_BYTES).partition(b"\n")
            self.add(json.loads(document))

    def _segments(self, trace_id: str) -> Iterator[Document]:
        """The segments, each with the subsegments that were sent on their own."""
        with self._lock:
            documents = {name: dict(document) for name, document in self._documents.get(trace_id, {}).items()}
        for document in documents.values():
            owner = documents.get(document.get("parent_id", "")) if document.get("type") == "subsegment" else None
            if owner is not None:
                owner["subsegments"] = [*owner.get("subsegments", ()), document]
            elif "type" not in document:
                yield document
