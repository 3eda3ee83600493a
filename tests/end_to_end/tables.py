"""What the tables of the running pipeline hold."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from ops.embedded.pipeline import Pipeline


def items(pipeline: Pipeline, output: str, device: str) -> list[dict[str, Any]]:
    """The items of a device in the table that an output names."""
    found = pipeline.administrator.dynamodb().query(
        TableName=pipeline.outputs[output],
        ConsistentRead=True,
        KeyConditionExpression="device_id = :device",
        ExpressionAttributeValues={":device": {"S": device}},
    )
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in item.items()} for item in found["Items"]]
