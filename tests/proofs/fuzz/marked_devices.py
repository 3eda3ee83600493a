"""Device ids of one test, so that what is stored can be compared with the answers."""

import re
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from handlers.contract import DEVICE_ID_PATTERN
from ops.local.pipeline import Pipeline
from tests.proofs.fuzz.answer_checks import FIRST_REFUSAL, Document
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_DEVICE: Final = re.compile(DEVICE_ID_PATTERN)


@dataclass
class MarkedDevices:
    """Gives every reading of a case a device id that no other case has.

    Attributes:
        pipeline: The running pipeline.
        prefix: Begins each of these ids.
        accepted: The devices whose readings the API accepted.
        refused: The devices whose readings it refused.
    """

    pipeline: Pipeline
    prefix: str = field(default_factory=lambda: f"fuzz-{time.time_ns()}-")
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)

    def mark(self, body: Any) -> tuple[Any, list[str]]:
        """Replace the valid device ids in a body of `/ingest`; return the body and the new ids in its order."""
        if not isinstance(body, dict):
            return body, []
        if isinstance(body.get("readings"), list):
            parts = [self._mark_reading(reading) for reading in body["readings"]]
            return {**body, "readings": [reading for reading, _ in parts]}, [device for _, device in parts]
        reading, device = self._mark_reading(body)
        return reading, [device]

    def new_device(self) -> str:
        """A device id that no other case has."""
        return f"{self.prefix}{next(self._numbers)}"

    def _mark_reading(self, reading: Any) -> tuple[Any, str]:
        named = reading.get("device_id") if isinstance(reading, dict) else None
        if isinstance(named, str) and _DEVICE.fullmatch(named):
            device = self.new_device()
            return {**reading, "device_id": device}, device
        return reading, ""

    def record_answer(self, devices: list[str], document: Document) -> None:
        """Record the answer to a case."""
        rejected = {rejection["index"] for rejection in document.get("rejected", [])}
        is_refused = document["status"] >= FIRST_REFUSAL
        for index, device in enumerate(devices):
            if device:
                (self.refused if is_refused or index in rejected else self.accepted).add(device)

    def check(self, figures: Figures) -> None:
        """Assert that exactly the accepted readings are stored raw and processed."""
        outputs, dynamodb = self.pipeline.outputs, self.pipeline.administrator.dynamodb()
        assert self.stored(dynamodb, outputs["RawSensorTableName"]) == self.accepted
        processed = outputs["ProcessedDataTableName"]
        eventually(lambda: self.accepted <= self.stored(dynamodb, processed) or None)
        eventually(lambda: self.queue_is_empty() or None)
        assert self.stored(dynamodb, processed) == self.accepted
        if devices := self.accepted | self.refused:
            figures.tried("devices of which only the accepted readings are stored", len(devices))

    def queue_is_empty(self) -> bool:
        """Whether the ingestion queue has no message, visible or not."""
        sqs, url = self.pipeline.administrator.sqs(), self.pipeline.outputs["IngestionQueueUrl"]
        answer = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )
        return set(answer["Attributes"].values()) == {"0"}

    def stored(self, dynamodb: "DynamoDBClient", table: str) -> set[str]:
        """The marked devices with readings in a table."""
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=table,
            ConsistentRead=True,
            ProjectionExpression="device_id",
            FilterExpression="begins_with(device_id, :mark)",
            ExpressionAttributeValues={":mark": {"S": self.prefix}},
        )
        return {item["device_id"]["S"] for page in pages for item in page["Items"]}
