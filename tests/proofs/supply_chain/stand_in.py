"""A database of vulnerabilities on loopback that speaks OSV's protocol, as far as pip-audit does."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override

KNOWN = ("jinja2", "2.4.1")
"""What the audit asks first."""


def advisory(package: str, name: str, *fixed: str, aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    """One advisory in OSV's schema."""
    events = [{"introduced": "0"}, *({"fixed": version} for version in fixed)]
    affected = {"package": {"name": package, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": name, "summary": "made up", "aliases": list(aliases), "affected": [affected]}


@dataclass
class StandIn:
    """What the database knows, and what it was asked.

    Attributes:
        advisories: By package and version.
        status: What it answers with; anything but 200 is a database out of order.
        blocked: While it is unset, no question is answered.
    """

    advisories: Mapping[tuple[str, str], list[dict[str, Any]]] = field(
        default_factory=lambda: {KNOWN: [advisory("jinja2", "PYSEC-2014-8", "2.7.2")]}
    )
    status: int = 200
    blocked: threading.Event | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(stand_in: StandIn) -> Iterator[StandIn]:
    """Answer on a port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            question = (body["package"]["name"], body["version"])
            stand_in.asked.append(question)
            if stand_in.blocked:
                stand_in.blocked.wait()
            found = stand_in.advisories.get(question)
            answer = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(stand_in.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_port}/v1/query"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield stand_in
        finally:
            if stand_in.blocked:
                stand_in.blocked.set()
            server.shutdown()
            thread.join()
