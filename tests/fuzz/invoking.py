"""Calls the functions in this process, and holds what they answer against what they stored."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from handlers import ingestion, processor, query
from tests.fuzz.judging import Document, judge, taken
from tests.handlers.fakes import Context
from tests.handlers.world import RAW_TABLE, World, event

ALLOWED: Final = {
    "ingest": frozenset({200, 207, 400, 409, 413}),
    "process": frozenset({200, 400, 413}),
    "query": frozenset({200, 400}),
}
"""What each operation may answer while AWS does its part."""
_FUNCTIONS: Final[dict[str, Callable[[Any, Context], Document]]] = {
    "ingest": ingestion.lambda_handler,
    "process": processor.lambda_handler,
    "query": query.lambda_handler,
}


_WRITES: Final = (
    "dynamodb.PutItem",
    "dynamodb.BatchWriteItem",
    "dynamodb.UpdateItem",
    "sqs.SendMessageBatch",
    "sns.Publish",
)


@dataclass(frozen=True)
class Invoking:
    """The functions within a world that is empty before each call.

    Attributes:
        writes: what the function asked AWS to keep, by operation; looked at and forgotten after each call.
    """

    world: World
    writes: list[str] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator["Invoking"]:
        """Notice every write while it lasts."""

        def noticed(model: Any, **_: object) -> None:
            self.writes.append(model.name)

        events = [(getattr(self.world, write.split(".")[0]).meta.events, f"before-call.{write}") for write in _WRITES]
        for event_system, name in events:
            event_system.register(name, noticed)
        yield self
        for event_system, name in events:
            event_system.unregister(name, noticed)

    def call(self, operation: str, asked: Document) -> Document:
        """Call a function with an event of API Gateway's; its answer must be right, and true.

        Returns:
            The answer's document, with the status as `status` where it has none.
        """
        answer = _FUNCTIONS[operation](asked, Context())
        assert isinstance(answer["body"], str)
        status, media_type = answer["statusCode"], answer["headers"]["Content-Type"]
        document = judge(status, media_type, answer["body"], allowed=ALLOWED[operation])
        self._settle(taken(status, document) if operation == "ingest" else 0)
        return {"status": status, **document}

    def send(self, operation: str, body: str, *, in_base64: bool = False) -> Document:
        """Call a function with a body."""
        return self.call(operation, event(operation) | {"body": body, "isBase64Encoded": in_base64})

    def _settle(self, accepted: int) -> None:
        """What was accepted is stored and queued, nothing else is; then it is taken away."""
        if not self.writes:
            assert not accepted, f"{accepted} accepted, and nothing was written"
            return
        self.writes.clear()
        records = self.world.queued()
        queued = [json.loads(record["body"])["reading"] for record in records]
        stored = self.world.raw_items()
        assert len(queued) == accepted, f"{accepted} accepted, {len(queued)} queued"
        assert {_key(item) for item in stored} == {_key(reading) for reading in queued}
        for record in records:
            self.world.sqs.delete_message(QueueUrl=self.world.queue_url, ReceiptHandle=record["receiptHandle"])
        for item in stored:
            key = {"device_id": {"S": item["device_id"]}, "timestamp": {"N": str(item["timestamp"])}}
            self.world.dynamodb.delete_item(TableName=RAW_TABLE, Key=key)


def _key(reading: Document) -> tuple[str, int]:
    return reading["device_id"], int(reading["timestamp"])
