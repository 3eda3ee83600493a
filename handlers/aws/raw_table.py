"""The raw table: every accepted reading as it was sent."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from handlers.aws.attribute_values import from_item, to_item
from handlers.aws.retrying import Retrying
from handlers.contract import TTL_ATTRIBUTE
from handlers.domain.reading import Reading
from handlers.domain.time_to_live import expires_at
from handlers.domain.timestamps import event_date

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class Stored(Enum):
    """What became of a reading that was to be stored."""

    NEW = auto()
    SAME = auto()
    """It was there already."""
    OTHER = auto()
    """Another reading of the device has this millisecond, and keeps it."""


class RawTable(msgspec.Struct, frozen=True):
    """Stores readings, each once.

    Attributes:
        client: DynamoDB.
        name: the table.
        ttl_days: how long an item lives after it was received; absent for ever.
    """

    client: "DynamoDBClient"
    name: str
    ttl_days: int | None = None

    def put(self, reading: Reading, received_at: int, retrying: Retrying) -> Stored:
        """Store a reading unless its device and millisecond are taken.

        Raises:
            UnavailableError: AWS failed; whether it was stored is not known.
        """
        try:
            retrying.call(
                self.client.put_item,
                TableName=self.name,
                Item=to_item(self._item(reading, received_at)),
                ConditionExpression="attribute_not_exists(device_id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return _compared(reading, from_item(error.response["Item"]))  # type: ignore[typeddict-item] # botocore-stubs lack it
        return Stored.NEW

    def _item(self, reading: Reading, received_at: int) -> Mapping[str, object]:
        item = {
            "device_id": reading.device_id,
            "timestamp": reading.timestamp,
            "sensor_data": reading.sensor_data,
            "received_at": event_date(received_at),
        }
        return item if self.ttl_days is None else {**item, TTL_ATTRIBUTE: expires_at(received_at, self.ttl_days)}


def _compared(reading: Reading, stored: Mapping[str, Any]) -> Stored:
    return Stored.SAME if reading.has_values(stored.get("sensor_data")) else Stored.OTHER
