"""Reads what a table stores of a device, and checks that each reading is stored once."""

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
    """All items of a device in a table, as Python values."""
    return _queried(dynamodb, table, "device_id = :device", {":device": device})


def alert_states(dynamodb: "DynamoDBClient", table: str, device: str) -> list[dict[str, Any]]:
    """The alert states of a device in the processed table, as Python values."""
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
    """One value of each reading.

    Args:
        items: Items of readings; no two may be of the same reading, whatever their sort keys are.
        value: Takes the value from an item.

    Raises:
        AssertionError: A reading is stored twice.
    """
    found: dict[Key, Value] = {}
    for item in items:
        key = (item["device_id"], int(item["timestamp"]))
        assert key not in found, f"{key} is stored twice"
        found[key] = value(item)
    return found
