"""The entry point of the processor: batches from the queue, and `POST /process`."""

from functools import cache, partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import clients, gateway
from handlers.attribute_values import from_item
from handlers.boundary import answered
from handlers.deadline import Deadline
from handlers.message import from_body
from handlers.observability import observed
from handlers.processed_table import ProcessedTable
from handlers.reading import Reading
from handlers.retrying import Retrying
from handlers.settings import ProcessorSettings, load
from handlers.timestamps import now
from handlers.transform import processed_item

RESERVED_SECONDS: Final = 3.0


@observed(ProcessorSettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch of messages, or answer one request."""
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS
    retrying = Retrying(Deadline.after(seconds))
    if "Records" in event:
        return _process_batch(event["Records"], retrying)
    return answered(partial(_replay, retrying=retrying), event)


def _process_batch(records: list[dict[str, Any]], retrying: Retrying) -> dict[str, Any]:
    failures = []
    for record in records:
        try:
            message = from_body(record["body"])
            _table().put([processed_item(message.reading, now())], retrying)
        except Exception:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _replay(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    document = gateway.json_body(event)
    settings = load(ProcessorSettings)
    page = retrying.call(
        clients.dynamodb().query,
        TableName=settings.raw_table_name,
        KeyConditionExpression="device_id = :device",
        ExpressionAttributeValues={":device": {"S": document["device_id"]}},
    )
    for stored in page["Items"]:
        item = from_item(stored)
        reading = Reading(item["device_id"], int(item["timestamp"]), item["sensor_data"])
        _table().put([processed_item(reading, now())], retrying)
    return gateway.answer({"processed": len(page["Items"]), "failed": 0, "next_token": None})


@cache
def _table() -> ProcessedTable:
    return ProcessedTable(clients.dynamodb(), load(ProcessorSettings).processed_table_name)
