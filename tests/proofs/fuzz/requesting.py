"""Sends requests of any shape to the running API, signed, and judges the answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from botocore.awsrequest import AWSRequest

from ops.aws.api_client import Answer, ApiClient
from tests.proofs.fuzz.judging import Document, judge

INGEST: Final = frozenset({200, 207, 400, 409, 413})
PROCESS: Final = frozenset({200, 400, 413})
QUERY: Final = frozenset({200, 400})
JSON: Final = {"Content-Type": "application/json"}

Parameters = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Requesting:
    """A caller of the API who may send anything."""

    api: ApiClient

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = JSON, query: str = ""
    ) -> Answer:
        """Send a signed request; the query string is sent as it is."""
        address = f"{self.api.address}{path}{f'?{query}' if query else ''}"
        return self.api.deliver(self.api.sign(AWSRequest(method, address, dict(headers), body)))

    def post(self, path: str, body: bytes, allowed: frozenset[int], headers: Mapping[str, str] = JSON) -> Document:
        """Post a body, and judge the answer."""
        return judged(self.send("POST", path, body, headers), allowed)

    def query(self, query: str, allowed: frozenset[int] = QUERY) -> Document:
        """Ask with a query string, and judge the answer."""
        return judged(self.send("GET", "/query", headers={}, query=query), allowed)


def judged(answer: Answer, allowed: frozenset[int]) -> Document:
    """The document of an answer that is right, its status included."""
    document = judge(answer.status, answer.headers["content-type"], answer.text, allowed=allowed)
    return {"status": answer.status, **document}


def query_string(parameters: Parameters) -> str:
    """A query string that a signature covers: everything but letters, digits and `-_.~` percent-encoded."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)
