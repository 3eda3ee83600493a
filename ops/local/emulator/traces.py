"""X-Ray, as far as a trace can be read: MiniStack 1.5.33 has none of it.

Segments come over UDP, as to the X-Ray daemon (X-Ray Developer Guide, "Sending trace data to AWS X-Ray"), and
BatchGetTraces gives them back. Nothing is stored; the oldest traces make room for new ones.
"""

import json
import secrets
import socket
import time
from collections.abc import Iterator
from threading import Lock, Thread
from typing import Any, Final

Document = dict[str, Any]
_KEPT_TRACES: Final = 1_000
_LONGEST_DATAGRAM: Final = 65_535


def trace_of(header: str | None) -> str:
    """The trace header that goes on from another one: the same trace and decision, or a new trace that is sampled."""
    fields = dict(field.strip().partition("=")[::2] for field in (header or "").split(";"))
    root = fields.get("Root") or f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    parent = f"Parent={fields['Parent']};" if "Parent" in fields else ""
    return f"Root={root};{parent}Sampled={fields.get('Sampled', '1')}"


class Traces:
    """The traces that were sent."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, Document]] = {}
        self._lock = Lock()

    def add(self, document: Document) -> None:
        """Take a segment or a subsegment; a later one of the same id takes its place."""
        with self._lock:
            self._documents.setdefault(document["trace_id"], {})[document["id"]] = document
            if len(self._documents) > _KEPT_TRACES:
                del self._documents[next(iter(self._documents))]

    def listen(self) -> str:
        """Take what comes over UDP on a port of the loopback address, and return the address."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind(("127.0.0.1", 0))
        Thread(target=self._take, args=(listener,), daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    async def handle_request(
        self, method: str, path: str, _headers: Any, body: bytes, _query: Any
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer X-Ray's API."""
        headers = {"Content-Type": "application/json"}
        if (method, path) != ("POST", "/Traces"):
            return 501, headers, b'{"Message": "of X-Ray, there is BatchGetTraces alone here"}'
        found = {name: list(self._segments(name)) for name in json.loads(body)["TraceIds"]}
        traces = [
            {"Id": name, "Segments": [{"Id": each["id"], "Document": json.dumps(each)} for each in segments]}
            for name, segments in found.items()
            if segments
        ]
        return 200, headers, json.dumps({"Traces": traces, "UnprocessedTraceIds": []}).encode()

    def _take(self, listener: socket.socket) -> None:
        while True:
            _, _, document = listener.recv(_LONGEST_DATAGRAM).partition(b"\n")
            self.add(json.loads(document))

    def _segments(self, trace_id: str) -> Iterator[Document]:
        """The segments, with the subsegments that came by themselves in their place."""
        with self._lock:
            documents = {name: dict(document) for name, document in self._documents.get(trace_id, {}).items()}
        for document in documents.values():
            owner = documents.get(document.get("parent_id", "")) if document.get("type") == "subsegment" else None
            if owner is not None:
                owner["subsegments"] = [*owner.get("subsegments", ()), document]
            elif "type" not in document:
                yield document
