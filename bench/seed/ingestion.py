"""`POST /ingest` in the seed's style: each reading is put and sent by itself."""

import json
import os
import time
from decimal import Decimal
from typing import Any

import boto3
from aws_xray_sdk.core import patch_all

patch_all()
dynamodb = boto3.resource("dynamodb")
sqs = boto3.client("sqs")
ssm = boto3.client("ssm")
table = dynamodb.Table(os.environ["RAW_TABLE_NAME"])
queue_url = os.environ["QUEUE_URL"]
_cache: dict[str, str] = {}


def parameter(name: str) -> str:
    """Read a parameter once."""
    if name not in _cache:
        _cache[name] = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return _cache[name]


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Store and queue every reading of a request."""
    json.loads(parameter(os.environ["CONFIG_PARAM"]))
    body = json.loads(event["body"], parse_float=Decimal)
    readings = body.get("readings", [body])
    for reading in readings:
        if "device_id" not in reading or "sensor_data" not in reading:
            return {"statusCode": 400, "body": json.dumps({"error": "device_id and sensor_data are required"})}
    for reading in readings:
        take(reading)
    return {"statusCode": 200, "body": json.dumps({"message": "Data ingested", "count": len(readings)})}


def take(reading: dict[str, Any]) -> None:
    """Store one reading and queue it."""
    item = {**reading, "timestamp": int(reading.get("timestamp") or time.time() * 1000)}
    table.put_item(Item=item)
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(item, default=float))
    print(f"ingested a reading of {reading['device_id']}")
