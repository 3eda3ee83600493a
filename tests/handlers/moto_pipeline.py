"""The pipeline around the functions, on moto: tables, queues, topic, parameter."""

import json
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import boto3

from handlers import ingestion, processor, query
from handlers.aws.attribute_values import from_item, to_item
from tests.handlers.fakes import Context
from tests.support.event_records import record
from tests.support.stored_items import alert_states

EVENTS = Path(__file__).parent / "events"
RAW_TABLE = "raw-sensor-data-test"
PROCESSED_TABLE = "processed-data-test"
CONFIG_PARAMETER = "/iot-pipeline/test/config"
API_KEY_PARAMETER = "/iot-pipeline/test/api-key"
CONFIGURATION: dict[str, object] = {
    "batch_size": 100,
    "processing_timeout": 60,
    "rules": {"temperature": {"min": -40, "max": 85, "hysteresis": 1}},
}

Document = dict[str, Any]
_devices = count()


def event(name: str) -> Document:
    """Return a real event from its file."""
    document: Document = json.loads((EVENTS / f"{name}.json").read_text())
    return document


def new_device() -> str:
    """Return a device that no other test knows."""
    return f"device-{next(_devices)}"


@dataclass
class MotoPipeline:
    """The AWS services that the functions call, and ways to invoke the functions."""

    dynamodb: Any
    sqs: Any
    sns: Any
    ssm: Any
    queue_url: str
    dead_letter_queue_url: str
    notification_queue_url: str
    topic_arn: str

    @classmethod
    def build(cls) -> "MotoPipeline":
        """Create it, within moto."""
        return cls.of(*(_client(service) for service in ("dynamodb", "sqs", "sns", "ssm")))

    @classmethod
    def of(cls, dynamodb: Any, sqs: Any, sns: Any, ssm: Any) -> "MotoPipeline":
        """Create it with other clients."""
        _create_table(dynamodb, RAW_TABLE, "timestamp", "N")
        _create_table(dynamodb, PROCESSED_TABLE, "event_date", "S")
        queue, dead, notified = (
            sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("ingestion", "dead", "notifications")
        )
        topic = sns.create_topic(Name="alerts")["TopicArn"]
        arn = sqs.get_queue_attributes(QueueUrl=notified, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        ssm.put_parameter(Name=CONFIG_PARAMETER, Value=json.dumps(CONFIGURATION), Type="String")
        return cls(dynamodb, sqs, sns, ssm, queue, dead, notified, topic)

    @property
    def variables(self) -> dict[str, str]:
        """The functions' environment. Any timestamp is accepted, so that tests may count milliseconds from 0."""
        return {
            "ENVIRONMENT": "test",
            "RAW_TABLE_NAME": RAW_TABLE,
            "PROCESSED_TABLE_NAME": PROCESSED_TABLE,
            "QUEUE_URL": self.queue_url,
            "DEAD_LETTER_QUEUE_URL": self.dead_letter_queue_url,
            "ALERT_TOPIC_ARN": self.topic_arn,
            "CONFIG_PARAMETER": CONFIG_PARAMETER,
            "OLDEST_TIMESTAMP": "1970-01-01",
        }

    def post(self, body: object, headers: dict[str, str] | None = None) -> tuple[int, Document]:
        """Send a document, or text as it is, to /ingest."""
        return _answer(ingestion.lambda_handler(posted("ingest", body, headers), Context()))

    def reprocess(self, body: object) -> tuple[int, Document]:
        """Send a document to /process."""
        return _answer(processor.lambda_handler(posted("process", body), Context()))

    def query(self, **parameters: str) -> tuple[int, Document]:
        """Ask /query."""
        asked = event("query")
        asked["queryStringParameters"] = parameters or None
        asked["multiValueQueryStringParameters"] = {name: [value] for name, value in parameters.items()} or None
        return _answer(query.lambda_handler(asked, Context()))

    def process(self, *messages: Document) -> Document:
        """Give messages to the processor as the event source mapping does."""
        return processor.lambda_handler({"Records": list(messages)}, Context())

    def queued(self) -> list[Document]:
        """Take everything from the ingestion queue, as records of an event."""
        return [record(message) for message in self._received(self.queue_url)]

    def queued_readings(self) -> list[Document]:
        """Take everything from the ingestion queue, and return the readings, as they are in the messages."""
        return [reading for each in self.queued() for reading in json.loads(each["body"])["readings"]]

    def dead_letters(self) -> list[Document]:
        """Take everything from the dead-letter queue, as SQS gives it."""
        return self._received(self.dead_letter_queue_url)

    def notifications(self) -> list[Document]:
        """Receive the notifications that were published since the last time, in order."""
        return [json.loads(message["Body"]) for message in self._received(self.notification_queue_url)]

    def raw_items(self) -> list[Document]:
        """Return the raw table."""
        return [from_item(item) for item in self.dynamodb.scan(TableName=RAW_TABLE)["Items"]]

    def processed_items(self, *, alerts: bool = False) -> list[Document]:
        """Return the processed table: readings, or what is known about alerts."""
        items = [from_item(item) for item in self.dynamodb.scan(TableName=PROCESSED_TABLE)["Items"]]
        return [item for item in items if item["device_id"].startswith("#") is alerts]

    def items_of(self, table: str, device: str) -> list[Document]:
        """Return the items of one device in a table; faster than a scan of many."""
        answer = self.dynamodb.query(
            TableName=table,
            KeyConditionExpression="device_id = :device",
            ExpressionAttributeValues={":device": {"S": device}},
        )
        return [from_item(item) for item in answer["Items"]]

    def alert_states(self, device: str) -> list[Document]:
        """Return what is known of a device's alerts, by rule."""
        return alert_states(self.dynamodb, PROCESSED_TABLE, device)

    def delete_expired(self, device: str, now: int, dynamodb: Any = None) -> None:
        """Delete the expired alert states of a device, as DynamoDB's time to live does.

        Args:
            device: its id.
            now: epoch milliseconds.
            dynamodb: the client that deletes, another one than the moto's where a test watches it.
        """
        for state in self.alert_states(device):
            with suppress(self.dynamodb.exceptions.ConditionalCheckFailedException):
                (dynamodb or self.dynamodb).delete_item(
                    TableName=PROCESSED_TABLE,
                    Key=to_item({name: state[name] for name in ("device_id", "event_date")}),
                    ConditionExpression="expires_at < :now",
                    ExpressionAttributeValues=to_item({":now": now // 1000}),
                )

    def _received(self, url: str) -> list[Document]:
        messages: list[Document] = []
        while batch := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
        ).get("Messages"):
            messages += batch
        return messages


def message(body: object, receive_count: int = 1, correlation_id: str | None = "request") -> Document:
    """Return a record of an event, as if it had been received."""
    number = next(_devices)
    record: Document = event("messages")["Records"][0]
    record["messageId"], record["receiptHandle"] = f"message-{number}", f"handle-{number}"
    record["body"] = body if isinstance(body, str) else json.dumps(body)
    record["attributes"]["ApproximateReceiveCount"] = str(receive_count)
    attribute = {"stringValue": correlation_id, "dataType": "String"}
    record["messageAttributes"] = {"correlation_id": attribute} if correlation_id else {}
    return record


def reading_message(device_id: str, timestamp: int, **sensor_data: object) -> Document:
    """Return the record of a valid message of one reading."""
    return packed_message((device_id, timestamp, sensor_data))


def packed_message(*readings: tuple[str, int, Document]) -> Document:
    """Return the record of a valid message of several readings: devices, times and values."""
    names = ("device_id", "timestamp", "sensor_data")
    documents = [dict(zip(names, reading, strict=True)) for reading in readings]
    return message({"version": 2, "accepted_at": readings[0][1], "readings": documents})


def posted(name: str, body: object, headers: dict[str, str] | None = None) -> Document:
    """Return API Gateway's event of a POST to `/ingest` or `/process`."""
    posted = event(name)
    posted["body"] = body if isinstance(body, str) else json.dumps(body)
    posted["headers"] |= headers or {}
    return posted


def _answer(answer: Document) -> tuple[int, Document]:
    return answer["statusCode"], json.loads(answer["body"], parse_float=Decimal)


@cache
def _client(service: Any) -> Any:
    """Return a client that may do more than the functions' own."""
    return boto3.client(service, region_name="us-east-1")


def _create_table(dynamodb: Any, name: str, range_key: str, kind: str) -> None:
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "device_id", "AttributeType": "S"},
            {"AttributeName": range_key, "AttributeType": kind},
        ],
        KeySchema=[
            {"AttributeName": "device_id", "KeyType": "HASH"},
            {"AttributeName": range_key, "KeyType": "RANGE"},
        ],
    )
