"""Sends signed requests of any shape to the running API, and checks the answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from botocore.awsrequest import AWSRequest

from ops.aws.api_client import Answer, ApiClient
from tests.proofs.fuzz.answer_checks import Document, check_answer

INGEST: Final = frozenset({200, 207, 400, 409, 413})
PROCESS: Final = frozenset({200, 400, 413})
QUERY: Final = frozenset({200, 400})
JSON: Final = {"Content-Type": "application/json"}

Parameters = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True)
class ApiCaller:
    """An authorized caller of the API who sends anything."""

    client: ApiClient

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = JSON, query: str = ""
    ) -> Answer:
        """Send a signed request; the query string is sent unchanged."""
        address = f"{self.client.address}{path}{f'?{query}' if query else ''}"
        return self.client.deliver(self.client.sign(AWSRequest(method, address, dict(headers), body)))

    def post(self, path: str, body: bytes, allowed: frozenset[int], headers: Mapping[str, str] = JSON) -> Document:
        """Post a body, and check the answer."""
        return checked_document(self.send("POST", path, body, headers), allowed)

    def query(self, query: str, allowed: frozenset[int] = QUERY) -> Document:
        """Send a query string, and check the answer."""
        return checked_document(self.send("GET", "/query", headers={}, query=query), allowed)


def checked_document(answer: Answer, allowed: frozenset[int]) -> Document:
    """Check an answer; return its document, with the HTTP status."""
    document = check_answer(answer.status, answer.headers["content-type"], answer.text, allowed=allowed)
    return {"status": answer.status, **document}


def query_string(parameters: Parameters) -> str:
    """A query string as signatures require it: everything but letters, digits and `-_.~` percent-encoded."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)
