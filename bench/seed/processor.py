"""The processor in the seed's style: each record is put by itself, and any failure fails the batch."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import boto3
from aws_xray_sdk.core import patch_all

patch_all()
dynamodb = boto3.resource("dynamodb")
sns = boto3.client("sns")
ssm = boto3.client("ssm")
table = dynamodb.Table(os.environ["PROCESSED_TABLE_NAME"])
topic_arn = os.environ["ALERT_TOPIC_ARN"]
_cache: dict[str, str] = {}


def parameter(name: str) -> str:
    """Read a parameter once."""
    if name not in _cache:
        _cache[name] = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return _cache[name]


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Process every record."""
    json.loads(parameter(os.environ["CONFIG_PARAM"]))
    try:
        for record in event["Records"]:
            process(json.loads(record["body"], parse_float=Decimal))
    except Exception as error:
        sns.publish(TopicArn=topic_arn, Subject="Processing failed", Message=str(error))
        raise
    return {"statusCode": 200, "body": json.dumps({"processed": len(event["Records"])})}


def process(reading: dict[str, Any]) -> None:
    """Transform one reading and store it."""
    moment = datetime.fromtimestamp(int(reading["timestamp"]) / 1000, tz=UTC)
    item = {
        "device_id": reading["device_id"],
        "event_date": moment.isoformat(),
        "timestamp": int(reading["timestamp"]),
        "sensor_data": reading["sensor_data"],
        "status": "processed",
        "processed_at": datetime.now(tz=UTC).isoformat(),
    }
    celsius = reading["sensor_data"].get("temp")
    if celsius is not None:
        item["temperature_celsius"] = celsius
        item["temperature_fahrenheit"] = celsius * Decimal("1.8") + 32
    table.put_item(Item=item)
    print(f"processed a reading of {reading['device_id']}")
