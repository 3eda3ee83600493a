"""Chapters: one reading on its way from the API to the query, and processed once more."""

from decimal import Decimal
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer

from ops.aws.api_client import Answer
from ops.local.demonstration.stage import Stage, brief

_OK: Final = 200
_CELSIUS: Final = Decimal("25.5")
_FAHRENHEIT: Final = Decimal("77.9")


def tell_journey(stage: Stage) -> None:
    """Follow a reading.

    Raises:
        StoryError: It was not found where it should be.
    """
    with stage.paused_processing():
        tell_ingestion(stage)
        tell_queue(stage)
    tell_processing(stage)
    tell_query(stage)
    tell_replay(stage)


def tell_ingestion(stage: Stage) -> None:
    """Post a reading and find it raw."""
    narrator = stage.narrator
    narrator.chapter("A device posts a reading, signed by a user who may only call this API")
    narrator.tell("(the queue's consumer is paused for a moment, so that we can look into the queue)")
    narrator.tell(f"POST /ingest {brief(stage.reading())}")
    answer = stage.caller.post("/ingest", stage.reading())
    narrator.show(f"HTTP 200 {answer.text}", true=answer.status == _OK, found=answer)
    table = stage.output("RawSensorTableName")
    items = _items(stage, table)
    narrator.show(
        f"{table} holds the reading as it came: temp {items[0]['sensor_data']['temp']}" if items else "it is stored",
        true=[item["sensor_data"]["temp"] for item in items] == [_CELSIUS],
        found=items,
    )


def tell_queue(stage: Stage) -> None:
    """Find the reading in the queue."""
    narrator = stage.narrator
    narrator.chapter("The reading waits in the ingestion queue")
    message = narrator.await_value("the message", lambda: stage.peek("IngestionQueueUrl", stage.device))
    narrator.show(f"the queue holds {message['Body']}", true=stage.device in message["Body"], found=message)


def tell_processing(stage: Stage) -> None:
    """Find the processed item."""
    narrator = stage.narrator
    narrator.chapter("The consumer goes on, and the processor takes the message")
    table = stage.output("ProcessedDataTableName")
    item = narrator.await_value("the processed item", lambda: next(iter(_processed_items(stage)), None))
    shown = {name: item.get(name) for name in ("event_date", "temperature_celsius", "temperature_fahrenheit", "status")}
    narrator.show(f"{table} holds {brief(shown)}", true=item.get("temperature_fahrenheit") == _FAHRENHEIT, found=item)


def tell_query(stage: Stage) -> None:
    """Ask for the reading."""
    stage.narrator.chapter("The same user asks for it")
    stage.narrator.tell(f"GET /query?device_id={stage.device}")
    answer = stage.caller.get("/query", {"device_id": stage.device})
    found = answer.document() if answer.status == _OK else {}
    stage.narrator.show(f"HTTP 200 {answer.text}", true=found.get("count") == 1, found=answer)


def tell_replay(stage: Stage) -> None:
    """Process the stored reading again."""
    stage.narrator.chapter("Everything raw can be processed again, at any time")
    stage.narrator.tell(f"POST /process {brief({'device_id': stage.device})}")
    answer = stage.caller.post("/process", {"device_id": stage.device})
    stage.narrator.show(f"HTTP 200 {answer.text}", true=_replayed(answer) == 1, found=answer)
    count = len(_processed_items(stage))
    stage.narrator.show("and there is still one processed item", true=count == 1, found=count)


def _replayed(answer: Answer) -> object:
    return answer.document().get("processed") if answer.status == _OK else None


def _processed_items(stage: Stage) -> list[dict[str, Any]]:
    """The device's processed items; the table also keeps the state of its alerts, which has no status."""
    return [item for item in _items(stage, stage.output("ProcessedDataTableName")) if "status" in item]


def _items(stage: Stage, table: str) -> list[dict[str, Any]]:
    found = stage.pipeline.administrator.dynamodb().query(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="device_id = :device",
        ExpressionAttributeValues={":device": {"S": stage.device}},
    )
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in item.items()} for item in found["Items"]]
