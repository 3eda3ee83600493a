"""Devices of one test's own, so that what is stored can be held against what was answered."""

import re
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from handlers.contract import DEVICE_ID_PATTERN
from ops.local.pipeline import Pipeline
from tests.proofs.fuzz.judging import FIRST_REFUSAL, Document
from tests.support.proving import Figures
from tests.support.running import eventually

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_DEVICE: Final = re.compile(DEVICE_ID_PATTERN)


@dataclass
class Marking:
    """Gives every reading of a case a device that no other has.

    Attributes:
        accepted: the devices whose readings the API says it accepted.
    """

    pipeline: Pipeline
    mark: str = field(default_factory=lambda: f"fuzz-{time.time_ns()}-")
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)

    def marked(self, body: Any) -> tuple[Any, list[str]]:
        """A body of `/ingest` with marked devices where it names valid ones, and these in the order of its readings."""
        if not isinstance(body, dict):
            return body, []
        if isinstance(body.get("readings"), list):
            parts = [self._marked_reading(reading) for reading in body["readings"]]
            return {**body, "readings": [reading for reading, _ in parts]}, [device for _, device in parts]
        reading, device = self._marked_reading(body)
        return reading, [device]

    def new_device(self) -> str:
        """A device that no other case has."""
        return f"{self.mark}{next(self._numbers)}"

    def _marked_reading(self, reading: Any) -> tuple[Any, str]:
        named = reading.get("device_id") if isinstance(reading, dict) else None
        if isinstance(named, str) and _DEVICE.fullmatch(named):
            device = self.new_device()
            return {**reading, "device_id": device}, device
        return reading, ""

    def answered(self, devices: list[str], document: Document) -> None:
        """Note what the API said of a case."""
        rejected = {rejection["index"] for rejection in document.get("rejected", [])}
        is_refused = document["status"] >= FIRST_REFUSAL
        for index, device in enumerate(devices):
            if device:
                (self.refused if is_refused or index in rejected else self.accepted).add(device)

    def check(self, figures: Figures) -> None:
        """What was accepted is stored raw and processed; of what was refused neither table nor queue knows anything."""
        outputs, dynamodb = self.pipeline.outputs, self.pipeline.administrator.dynamodb()
        assert self.stored(dynamodb, outputs["RawSensorTableName"]) == self.accepted
        processed = outputs["ProcessedDataTableName"]
        eventually(lambda: self.accepted <= self.stored(dynamodb, processed) or None)
        eventually(lambda: self.queue_is_empty() or None)
        assert self.stored(dynamodb, processed) == self.accepted
        if devices := self.accepted | self.refused:
            figures.tried("devices, of which nothing is stored but what was accepted", len(devices))

    def queue_is_empty(self) -> bool:
        """Tell whether nothing waits, or is being processed, in the ingestion queue."""
        sqs, url = self.pipeline.administrator.sqs(), self.pipeline.outputs["IngestionQueueUrl"]
        answer = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )
        return set(answer["Attributes"].values()) == {"0"}

    def stored(self, dynamodb: "DynamoDBClient", table: str) -> set[str]:
        """The marked devices that a table has readings of."""
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=table,
            ConsistentRead=True,
            ProjectionExpression="device_id",
            FilterExpression="begins_with(device_id, :mark)",
            ExpressionAttributeValues={":mark": {"S": self.mark}},
        )
        return {item["device_id"]["S"] for page in pages for item in page["Items"]}
