"""Drives a running pipeline so that its functions use their grants, and reads the results."""

import base64
import json
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from ops.aws.api_client import Answer, ApiClient
from ops.local.pipeline import Pipeline
from ops.operate.callers import Operator
from ops.operate.logs import FUNCTIONS, log_groups
from tests.support.event_records import record
from tests.support.running_pipeline import eventually
from tests.support.stored_items import alert_states, items

INVISIBLE_SECONDS = 120
"""For which a received message is invisible: longer than everything that is tried with it."""


@dataclass(frozen=True)
class Delivery:
    """The processor's result for a message.

    Attributes:
        is_done: Whether it is processed, and not to be redelivered.
        log: The processor's log.
    """

    is_done: bool
    log: str


@dataclass
class Driver:
    """Drives a running pipeline.

    Attributes:
        pipeline: The pipeline.
        devices: The devices whose readings must be processed in the end.
    """

    pipeline: Pipeline
    devices: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        administrator = self.pipeline.administrator
        self.api = ApiClient(self.pipeline.api, self.pipeline.caller)
        self.sqs, self.dynamodb = administrator.sqs(), administrator.dynamodb()
        self.functions = administrator.functions()

    def paused(self) -> AbstractContextManager[None]:
        """Let only the test read the ingestion queue until the block ends."""
        return self.pipeline.paused_processing()

    def output(self, name: str) -> str:
        """One of the environment's outputs."""
        return str(self.pipeline.outputs[name])

    def new_device(self) -> str:
        """A device id that no other caller uses."""
        device = f"privilege-{time.time_ns()}"
        self.devices.append(device)
        return device

    def force_cold_start(self, function: str) -> None:
        """Make the function's next invocation a cold start."""
        name = self.output(FUNCTIONS[function])
        environment = self.functions.get_function_configuration(FunctionName=name)["Environment"]
        variables = environment["Variables"]
        self.functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

    def ingest(self, device: str, temperature: int) -> Answer:
        """Send a reading, always the same for a device."""
        return self.api.post("/ingest", self.reading(device, temperature))

    def reading(self, device: str, temperature: int) -> dict[str, Any]:
        """A device's reading."""
        return {"device_id": device, "timestamp": self.timestamp, "sensor_data": {"temp": temperature}}

    @property
    def timestamp(self) -> int:
        """The timestamp of all readings, epoch milliseconds."""
        return 1_760_000_000_000

    def receive(self, marker: str) -> dict[str, Any]:
        """Receive the message with a marker in its body, as a record of an event."""
        return eventually(lambda: self._received(marker))

    def enqueue(self, body: str) -> None:
        """Send a message to the queue directly."""
        self.sqs.send_message(QueueUrl=self.output("IngestionQueueUrl"), MessageBody=body)

    def delete(self, record: dict[str, Any]) -> None:
        """Delete a message, as Lambda does after it is processed."""
        self.sqs.delete_message(QueueUrl=self.output("IngestionQueueUrl"), ReceiptHandle=record["receiptHandle"])

    def deliver(self, record: dict[str, Any]) -> Delivery:
        """Invoke the processor with a message, as Lambda does."""
        answer = self.functions.invoke(
            FunctionName=self.output("ProcessorFunctionName"),
            Payload=json.dumps({"Records": [record]}),
            LogType="Tail",
        )
        result = json.loads(answer["Payload"].read())
        is_done = answer.get("FunctionError") is None and result == {"batchItemFailures": []}
        return Delivery(is_done, base64.b64decode(answer["LogResult"]).decode())

    def log_since(self, function: str, start: float) -> str:
        """The log of a function since a time in epoch seconds."""
        operator = Operator(self.pipeline.administrator, self.pipeline.outputs)
        (group,) = log_groups(operator, [function], int(start * 1000))
        return "\n".join(event["message"] for event in group.new_events())

    def items(self, output: str, device: str) -> list[dict[str, Any]]:
        """The items of a device in a table."""
        return items(self.dynamodb, self.output(output), device)

    def alert_states(self, device: str) -> list[dict[str, Any]]:
        """The alert states of a device."""
        return alert_states(self.dynamodb, self.output("ProcessedDataTableName"), device)

    def is_processed(self, device: str) -> bool:
        """Whether the device's only reading is stored raw and processed, once."""
        return len(self.items("RawSensorTableName", device)) == len(self.items("ProcessedDataTableName", device)) == 1

    def _received(self, marker: str) -> dict[str, Any] | None:
        answer = self.sqs.receive_message(
            QueueUrl=self.output("IngestionQueueUrl"),
            MaxNumberOfMessages=10,
            VisibilityTimeout=INVISIBLE_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return next((record(each) for each in answer.get("Messages", ()) if marker in each["Body"]), None)
