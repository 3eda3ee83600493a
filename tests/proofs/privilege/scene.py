"""What one does to a running pipeline to see its functions use their grants, and what came of it."""

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
from tests.support.messages import record
from tests.support.running import eventually
from tests.support.stored import alert_states, items

HIDDEN_SECONDS = 120
"""For which a message is taken out of the queue: longer than all that is tried with it."""


@dataclass(frozen=True)
class Delivery:
    """What the processor did with messages.

    Attributes:
        is_done: None is to be delivered again.
        log: What it logged.
    """

    is_done: bool
    log: str


@dataclass
class Scene:
    """A running pipeline.

    Attributes:
        pipeline: The pipeline.
        devices: Those whose readings must be processed in the end.
    """

    pipeline: Pipeline
    devices: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        administrator = self.pipeline.administrator
        self.api = ApiClient(self.pipeline.api, self.pipeline.caller)
        self.sqs, self.dynamodb = administrator.sqs(), administrator.dynamodb()
        self.functions = administrator.functions()

    def paused(self) -> AbstractContextManager[None]:
        """Nobody reads the ingestion queue but the test."""
        return self.pipeline.paused_processing()

    def output(self, name: str) -> str:
        """One of the environment's outputs."""
        return str(self.pipeline.outputs[name])

    def new_device(self) -> str:
        """A device that nobody else has."""
        device = f"privilege-{time.time_ns()}"
        self.devices.append(device)
        return device

    def make_cold(self, function: str) -> None:
        """Let the function's next invocation start afresh, without what it keeps from earlier ones."""
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
        """That of all readings, epoch milliseconds."""
        return 1_760_000_000_000

    def take(self, marker: str) -> dict[str, Any]:
        """Take the message with a marker in its body out of the queue, as a record of an event."""
        return eventually(lambda: self._received(marker))

    def put_in_queue(self, body: str) -> None:
        """Send a message past the API."""
        self.sqs.send_message(QueueUrl=self.output("IngestionQueueUrl"), MessageBody=body)

    def delete(self, record: dict[str, Any]) -> None:
        """Delete a message, as Lambda does after the processor is done with it."""
        self.sqs.delete_message(QueueUrl=self.output("IngestionQueueUrl"), ReceiptHandle=record["receiptHandle"])

    def deliver(self, record: dict[str, Any]) -> Delivery:
        """Give the processor a message, as Lambda does."""
        answer = self.functions.invoke(
            FunctionName=self.output("ProcessorFunctionName"),
            Payload=json.dumps({"Records": [record]}),
            LogType="Tail",
        )
        result = json.loads(answer["Payload"].read())
        is_done = answer.get("FunctionError") is None and result == {"batchItemFailures": []}
        return Delivery(is_done, base64.b64decode(answer["LogResult"]).decode())

    def log_since(self, function: str, start: float) -> str:
        """What a function logged since a time, seconds of the epoch."""
        operator = Operator(self.pipeline.administrator, self.pipeline.outputs)
        (group,) = log_groups(operator, [function], int(start * 1000))
        return "\n".join(event["message"] for event in group.new_events())

    def items(self, output: str, device: str) -> list[dict[str, Any]]:
        """What a table holds of a device."""
        return items(self.dynamodb, self.output(output), device)

    def alert_states(self, device: str) -> list[dict[str, Any]]:
        """What is known of a device's alerts."""
        return alert_states(self.dynamodb, self.output("ProcessedDataTableName"), device)

    def is_processed(self, device: str) -> bool:
        """Whether the device's one reading is raw and processed, once."""
        return len(self.items("RawSensorTableName", device)) == len(self.items("ProcessedDataTableName", device)) == 1

    def _received(self, marker: str) -> dict[str, Any] | None:
        answer = self.sqs.receive_message(
            QueueUrl=self.output("IngestionQueueUrl"),
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return next((record(each) for each in answer.get("Messages", ()) if marker in each["Body"]), None)
