"""Handlers in the seed's style: clients of the module, configuration on first use, one AWS call after the other.

It runs on Lambda by itself and imports nothing of the project.
"""

import json
import os
import time
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import boto3
from aws_xray_sdk.core import patch_all

patch_all()
dynamodb = boto3.resource("dynamodb")
sqs = boto3.client("sqs")
ssm = boto3.client("ssm")
raw = dynamodb.Table(os.environ["RAW_TABLE_NAME"])
processed = dynamodb.Table(os.environ["PROCESSED_TABLE_NAME"])


@cache
def configuration() -> Any:
    """Read the configuration once."""
    return json.loads(ssm.get_parameter(Name=os.environ["CONFIG_PARAMETER"])["Parameter"]["Value"])


def ingestion(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`POST /ingest`: store and queue every reading of a request."""
    configuration()
    body = json.loads(event["body"], parse_float=Decimal)
    readings = body.get("readings", [body])
    if not all("device_id" in reading and "sensor_data" in reading for reading in readings):
        return {"statusCode": 400, "body": json.dumps({"error": "device_id and sensor_data are required"})}
    for reading in readings:
        item = {**reading, "timestamp": int(reading.get("timestamp") or time.time() * 1000)}
        raw.put_item(Item=item)
        sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(item, default=float))
        print(f"ingested a reading of {reading['device_id']}")
    return {"statusCode": 200, "body": json.dumps({"message": "Data ingested", "count": len(readings)})}


def processor(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Transform and store every reading of a batch of messages; any failure fails the batch."""
    configuration()
    for record in event["Records"]:
        reading = json.loads(record["body"], parse_float=Decimal)
        celsius = reading["sensor_data"]["temp"]
        derived = {
            "event_date": datetime.fromtimestamp(int(reading["timestamp"]) / 1000, tz=UTC).isoformat(),
            "processed_at": datetime.now(tz=UTC).isoformat(),
            "status": "processed",
            "temperature_celsius": celsius,
            "temperature_fahrenheit": celsius * Decimal("1.8") + 32,
        }
        processed.put_item(Item={**reading, **derived})
        print(f"processed a reading of {reading['device_id']}")
    return {"statusCode": 200, "body": json.dumps({"processed": len(event["Records"])})}
