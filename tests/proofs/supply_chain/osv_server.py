"""A database of vulnerabilities on loopback that answers in OSV's protocol, as far as pip-audit uses it."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


def advisory(package: str, name: str, *fixed: str, aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    """One advisory in OSV's schema."""
    events = [{"introduced": "0"}, *({"fixed": version} for version in fixed)]
    affected = {"package": {"name": package, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": name, "summary": "made up", "aliases": list(aliases), "affected": [affected]}


@dataclass
class OsvServer:
    """The advisories that a server answers with, and what it was asked.

    Attributes:
        advisories: By package and version.
        status: The status of every answer.
        blocked: While it is unset, no request is answered.
        asked: Package and version of each request.
        url: Where it answers, while it does.
    """

    advisories: Mapping[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    status: int = 200
    blocked: threading.Event | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(server: OsvServer) -> Iterator[OsvServer]:
    """Answer on a port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            question = (body["package"]["name"], body["version"])
            server.asked.append(question)
            if server.blocked:
                server.blocked.wait()
            found = server.advisories.get(question)
            answer = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        @override
        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_port}/v1/query"
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            if server.blocked:
                server.blocked.set()
            listening.shutdown()
            thread.join()
