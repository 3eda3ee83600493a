"""What tests hold against a table: what it holds of a device, and that each reading is in it once."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer

from handlers.aws.alert_state import partition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Value = TypeVar("Value")
Key = tuple[str, int]
"""A device's id and a reading's time, epoch milliseconds."""


def items(dynamodb: "DynamoDBClient", table: str, device: str) -> list[dict[str, Any]]:
    """All that a table holds of a device, as Python's values."""
    return _queried(dynamodb, table, "device_id = :device", {":device": device})


def alert_states(dynamodb: "DynamoDBClient", table: str, device: str) -> list[dict[str, Any]]:
    """What the processed table knows of a device's alerts, as Python's values."""
    values = {":partition": partition(device), ":device": f"{device}#"}
    return _queried(dynamodb, table, "device_id = :partition AND begins_with(event_date, :device)", values)


def _queried(dynamodb: "DynamoDBClient", table: str, condition: str, values: dict[str, str]) -> list[dict[str, Any]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression=condition,
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
    )
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]]


def once(items: Iterable[dict[str, Any]], value: Callable[[dict[str, Any]], Value]) -> dict[Key, Value]:
    """A value of each reading.

    Args:
        items: Items of readings, as they are read; whatever their sort keys, no two may be of one reading.
        value: Takes the value from an item.

    Raises:
        AssertionError: A reading is there twice.
    """
    found: dict[Key, Value] = {}
    for item in items:
        key = (item["device_id"], int(item["timestamp"]))
        assert key not in found, f"{key} is there twice"
        found[key] = value(item)
    return found
