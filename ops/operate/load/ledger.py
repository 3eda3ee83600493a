"""The ledger of a load: what was sent, what the API answered, and what is stored."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class Reading(NamedTuple):
    """What identifies a reading: no two of a load have the same."""

    device_id: str
    timestamp: int


@dataclass
class Ledger:
    """What the API answered to one client, or to all of them.

    Attributes:
        accepted: Readings that the API accepted.
        refused: Readings that the API refused for good, and how.
        unknown: Readings without a final answer: they may be stored or not.
        answers: The number of answers of each kind, those to repeated requests included.
        seconds: How long each answer took.
    """

    accepted: set[Reading] = field(default_factory=set)
    refused: dict[Reading, str] = field(default_factory=dict)
    unknown: set[Reading] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, other: "Ledger") -> None:
        """Add another client's ledger."""
        self.accepted |= other.accepted
        self.refused |= other.refused
        self.unknown |= other.unknown
        self.answers += other.answers
        self.seconds += other.seconds

    def sent(self) -> set[Reading]:
        """Every reading that was sent."""
        return {*self.accepted, *self.refused, *self.unknown}


Items = dict[Reading, list[float]]
"""When each item of a reading was written, epoch milliseconds; more than one item of a reading is one too many."""


@dataclass(frozen=True)
class Tables:
    """Both tables, which are read item by item: the ledger relies on no answer of the API.

    Attributes:
        dynamodb: A client that may query them.
        raw: The name of the table of raw readings.
        processed: The name of the table of processed readings.
    """

    dynamodb: "DynamoDBClient"
    raw: str
    processed: str

    def read(self, readings: Iterable[Reading]) -> tuple[Items, Items]:
        """The raw and the processed items of all devices of these readings."""
        devices = sorted({reading.device_id for reading in readings})
        return self._items(self.raw, devices, "received_at"), self._items(self.processed, devices, "processed_at")

    def _items(self, table: str, devices: list[str], time_attribute: str) -> Items:
        items: Items = defaultdict(list)
        for device in devices:
            pages = self.dynamodb.get_paginator("query").paginate(
                TableName=table,
                KeyConditionExpression="device_id = :device",
                ExpressionAttributeValues={":device": {"S": device}},
                ProjectionExpression="#timestamp, #written",
                ExpressionAttributeNames={"#timestamp": "timestamp", "#written": time_attribute},
                ConsistentRead=True,
            )
            for item in (item for page in pages for item in page["Items"]):
                written = datetime.fromisoformat(item[time_attribute]["S"]).timestamp() * 1000
                items[Reading(device, int(item["timestamp"]["N"]))].append(written)
        return items
