"""The raw table: every accepted reading as it was sent."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from handlers.aws.attribute_values import from_item, to_item
from handlers.aws.retrying import Retrying
from handlers.domain.reading import Reading
from handlers.domain.timestamps import event_date, expiry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class Stored(Enum):
    """The outcome of storing a reading."""

    NEW = auto()
    SAME = auto()
    """It was already stored."""
    OTHER = auto()
    """A different reading of the device with this timestamp is already stored."""


class RawTable(msgspec.Struct, frozen=True):
    """Stores readings, each once.

    Attributes:
        client: DynamoDB.
        name: the table.
        ttl_days: lifetime of an item after it was received, or None: it never expires.
    """

    client: "DynamoDBClient"
    name: str
    ttl_days: int | None = None

    def put(self, reading: Reading, received_at: int, retrying: Retrying) -> Stored:
        """Store a reading unless its device and timestamp are already stored.

        Raises:
            UnavailableError: AWS failed; it is not known whether the reading was stored.
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
        return {
            "device_id": reading.device_id,
            "timestamp": reading.timestamp,
            "sensor_data": reading.sensor_data,
            "received_at": event_date(received_at),
            **expiry(received_at, self.ttl_days),
        }


def _compared(reading: Reading, stored: Mapping[str, Any]) -> Stored:
    return Stored.SAME if reading.has_values(stored.get("sensor_data")) else Stored.OTHER
