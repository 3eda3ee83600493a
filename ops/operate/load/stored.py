"""What the tables hold of a run, read key by key: nothing is taken from the API's word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ops.operate.load.ledger import Sent

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_MILLISECONDS: Final = 1000


@dataclass
class Stored:
    """What was found of some devices.

    Attributes:
        raw: How many raw items there are of each reading; more than one is one too many.
        processed: The same of processed items.
        received: When each was received, epoch milliseconds, by the ingestion function's clock.
        done: When each was processed, by the processor's clock.
    """

    raw: Counter[Sent] = field(default_factory=Counter)
    processed: Counter[Sent] = field(default_factory=Counter)
    received: dict[Sent, float] = field(default_factory=dict)
    done: dict[Sent, float] = field(default_factory=dict)

    def lags(self) -> list[float]:
        """Milliseconds from receiving to processing, of every reading that is in both tables."""
        return sorted(self.done[name] - self.received[name] for name in self.done.keys() & self.received.keys())


@dataclass(frozen=True)
class Tables:
    """The two tables.

    Attributes:
        dynamodb: A client that may query them.
        raw: Name of the table of raw readings.
        processed: Name of the table of processed items.
    """

    dynamodb: "DynamoDBClient"
    raw: str
    processed: str

    def read(self, devices: Iterable[str]) -> Stored:
        """Every item of these devices in both tables."""
        stored = Stored()
        for device in devices:
            self._read_table(self.raw, device, "received_at", (stored.raw, stored.received))
            self._read_table(self.processed, device, "processed_at", (stored.processed, stored.done))
        return stored

    def _read_table(self, table: str, device: str, moment: str, found: tuple[Counter[Sent], dict[Sent, float]]) -> None:
        counts, moments = found
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="device_id = :device",
            ExpressionAttributeValues={":device": {"S": device}},
            ProjectionExpression="#time, #moment",
            ExpressionAttributeNames={"#time": "timestamp", "#moment": moment},
            ConsistentRead=True,
        )
        for item in (item for page in pages for item in page["Items"]):
            name = Sent(device, int(item["timestamp"]["N"]))
            counts[name] += 1
            moments[name] = datetime.fromisoformat(item[moment]["S"]).timestamp() * _MILLISECONDS
