"""`GET /query` in the seed's style."""

import json
import os
from typing import Any

import boto3
from aws_xray_sdk.core import patch_all
from boto3.dynamodb.conditions import Key

patch_all()
dynamodb = boto3.resource("dynamodb")
ssm = boto3.client("ssm")
table = dynamodb.Table(os.environ["PROCESSED_TABLE_NAME"])


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a device's latest items."""
    device_id = (event.get("queryStringParameters") or {}).get("device_id")
    if not device_id:
        return {"statusCode": 400, "body": json.dumps({"error": "device_id is required"})}
    answer = table.query(KeyConditionExpression=Key("device_id").eq(device_id), ScanIndexForward=False, Limit=100)
    items = answer["Items"]
    return {"statusCode": 200, "body": json.dumps({"count": len(items), "items": items}, default=float)}
