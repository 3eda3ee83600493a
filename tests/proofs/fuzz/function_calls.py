"""Calls the functions in this process, and compares their answers with what they stored."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.model import OperationModel

from handlers import ingestion, processor, query
from handlers.aws import clients
from tests.handlers.fakes import Context
from tests.handlers.moto_pipeline import RAW_TABLE, MotoPipeline, event
from tests.proofs.fuzz.answer_checks import Document, accepted_readings, check_answer

ALLOWED: Final = {
    "ingest": frozenset({200, 207, 400, 409, 413}),
    "process": frozenset({200, 400, 413}),
    "query": frozenset({200, 400}),
}
"""The statuses that each operation may answer while AWS works."""
_FUNCTIONS: Final[dict[str, Callable[[Any, Context], Document]]] = {
    "ingest": ingestion.lambda_handler,
    "process": processor.lambda_handler,
    "query": query.lambda_handler,
}
_READS: Final = frozenset({"BatchGetItem", "GetParameter", "Query"})
"""Operations that store nothing; every other operation counts as a write."""


@dataclass(frozen=True)
class FunctionCaller:
    """Calls functions in a moto pipeline that is empty before each call.

    Attributes:
        moto: Tables, queues, topic and parameter.
        writes: The write operations of the current call.
    """

    moto: MotoPipeline
    writes: list[str] = field(default_factory=list)

    @contextmanager
    def recording_writes(self) -> Iterator["FunctionCaller"]:
        """Record every write of the functions' clients until the block ends; nothing may be stored then."""
        systems = [made.meta.events for made in (clients.dynamodb(), clients.sqs(), clients.sns(), clients.ssm())]
        for events in systems:
            events.register("before-call", self._record)
        try:
            yield self
        finally:
            for events in systems:
                events.unregister("before-call", self._record)
        left = self.moto.raw_items() + self.moto.processed_items() + self.moto.queued()
        assert not left, f"written, and not recorded: {left[:3]}"

    def _record(self, model: OperationModel, **_: object) -> None:
        if model.name not in _READS:
            self.writes.append(model.name)

    def call(self, operation: str, given: Document) -> Document:
        """Call a function with an event of API Gateway; check its answer against the contract and what is stored.

        Returns:
            The answer's document, with the HTTP status as `status` where it has none.
        """
        answer = _FUNCTIONS[operation](given, Context())
        assert isinstance(answer["body"], str)
        status, media_type = answer["statusCode"], answer["headers"]["Content-Type"]
        document = check_answer(status, media_type, answer["body"], allowed=ALLOWED[operation])
        self._check_and_delete(accepted_readings(status, document) if operation == "ingest" else 0)
        return {"status": status, **document}

    def send(self, operation: str, body: str, *, in_base64: bool = False) -> Document:
        """Call a function with a body."""
        return self.call(operation, event(operation) | {"body": body, "isBase64Encoded": in_base64})

    def _check_and_delete(self, accepted: int) -> None:
        """Check that exactly the accepted readings are stored and queued, and delete them."""
        if not self.writes:
            assert not accepted, f"{accepted} accepted, and nothing was written"
            return
        self.writes.clear()
        queued, stored = self._take_queued(), self._take_stored()
        assert len(queued) == accepted, f"{accepted} accepted, {len(queued)} queued"
        unequal = stored ^ {_key(reading) for reading in queued}
        assert not unequal, f"stored or queued, but not both: {unequal}"

    def _take_queued(self) -> list[Document]:
        records = self.moto.queued()
        for record in records:
            self.moto.sqs.delete_message(QueueUrl=self.moto.queue_url, ReceiptHandle=record["receiptHandle"])
        return [reading for record in records for reading in json.loads(record["body"])["readings"]]

    def _take_stored(self) -> set[tuple[str, int]]:
        keys = {_key(item) for item in self.moto.raw_items()}
        for device, timestamp in keys:
            key = {"device_id": {"S": device}, "timestamp": {"N": str(timestamp)}}
            self.moto.dynamodb.delete_item(TableName=RAW_TABLE, Key=key)
        return keys


def _key(reading: Document) -> tuple[str, int]:
    return reading["device_id"], int(reading["timestamp"])
