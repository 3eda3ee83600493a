"""The steps of `make demo` on a running pipeline. Every claim that it prints is looked up first."""

import json
import sys
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TextIO

from boto3.dynamodb.types import TypeDeserializer

from handlers.aws.dead_letter_queue import REASON_ATTRIBUTE
from handlers.domain.documents import encode
from ops.aws.api_client import Answer, ApiClient
from ops.local.pipeline import Pipeline
from ops.local.waiting import wait_for
from ops.project.errors import OpsError

_OK: Final = 200
_FORBIDDEN: Final = 403
_SERVER_ERROR: Final = 500


class FalseClaimError(OpsError):
    """The pipeline did not do what the demonstration claims."""


def warm_up(pipeline: Pipeline, device: str) -> None:
    """Send each function a request that stores nothing: its first start takes a few seconds on a small machine.

    Raises:
        FalseClaimError: A function failed.
    """
    caller = ApiClient(pipeline.api, pipeline.caller)
    for answer in (
        caller.post("/ingest", {}),
        caller.post("/process", {"device_id": device}),
        caller.get("/query", {"device_id": device}),
    ):
        if answer.status >= _SERVER_ERROR:
            raise FalseClaimError(f"a function does not start; the API answered {answer}")


class Demonstration:
    """The steps, with a device of their own.

    Args:
        pipeline: The pipeline.
        stream: Where the steps are printed; standard output by default.
    """

    def __init__(self, pipeline: Pipeline, stream: TextIO | None = None) -> None:
        self._pipeline = pipeline
        self._stream = stream or sys.stdout
        self._steps = 0
        self._device = f"demo-device-{time.time_ns() // 1_000_000}"
        self._reading = {"device_id": self._device, "sensor_data": {"temp": 25.5}}
        self._caller = ApiClient(pipeline.api, pipeline.caller)

    def run(self) -> None:
        """Run every step.

        Raises:
            OpsError: A claim is false.
        """
        self.note("warming up the three functions ...")
        warm_up(self._pipeline, self._device)
        self.refuse_callers()
        with self._pipeline.paused_processing():
            self.ingest()
            self.find_message()
        self.find_processed_item()
        self.query()
        self.process_again()
        self.dead_letter()

    def begin(self, title: str) -> None:
        """Print the title of a step."""
        self._steps += 1
        print(f"\n{self._steps}. {title}", file=self._stream, flush=True)

    def note(self, text: str) -> None:
        """Print what is done."""
        print(f"   {text}", file=self._stream, flush=True)

    def check(self, claim: str, *, is_true: bool, found: object) -> None:
        """Print a claim that was looked up.

        Args:
            claim: The claim.
            is_true: Whether it is true.
            found: What was found, for the error message.

        Raises:
            FalseClaimError: It is false.
        """
        if not is_true:
            raise FalseClaimError(f"the demonstration claims {claim!r}, but this was found: {found}")
        self.note(f"ok  {claim}")

    def refuse_callers(self) -> None:
        """Call the API as those who may not."""
        self.begin("Four unauthorized callers: POST /ingest requires an AWS signature and a permission")
        caller, keys = self._caller, self._pipeline.caller.keys
        guessed = replace(keys, secret_access_key="0" * 40) if keys else None
        forger = ApiClient(self._pipeline.api, replace(self._pipeline.caller, keys=guessed))
        tampered = caller.sign(caller.prepare_post("/ingest", self._reading))
        tampered.data = json.dumps({**self._reading, "sensor_data": {"temp": 99.9}}).encode()
        stranger = ApiClient(self._pipeline.api, self._pipeline.stranger)

        self._check_refusal("no signature at all", caller.deliver(caller.prepare_post("/ingest", self._reading)))
        self._check_refusal("the caller's key id with a guessed secret", forger.post("/ingest", self._reading))
        self._check_refusal("a signed request whose 25.5 became 99.9 on the way", caller.deliver(tampered))
        self._check_refusal(
            "a valid signature of a user without execute-api:Invoke", stranger.post("/ingest", self._reading)
        )

    def _check_refusal(self, who: str, answer: Answer) -> None:
        document = answer.document()
        reason = str(document.get("detail") or document.get("message")).partition(". ")[0]
        self.check(f"{who}: 403, {reason}", is_true=answer.status == _FORBIDDEN, found=answer)

    def ingest(self) -> None:
        """Post a reading and find it in the raw table."""
        self.begin("A device posts a reading, signed by a user who may only call this API")
        self.note("(the event source mapping is disabled for a moment, so that the message stays in the queue)")
        self.note(f"POST /ingest {encode(self._reading)}")
        answer = self._caller.post("/ingest", self._reading)
        self.check(f"HTTP 200 {answer.text}", is_true=answer.status == _OK, found=answer)
        items = self._items("RawSensorTableName")
        self.check(
            f"{self._pipeline.outputs['RawSensorTableName']} contains the reading as it was sent: temp 25.5",
            is_true=[item["sensor_data"]["temp"] for item in items] == [Decimal("25.5")],
            found=items,
        )

    def find_message(self) -> None:
        """Find the reading in the queue."""
        self.begin("The reading waits in the ingestion queue")
        message = wait_for("the message", lambda: self._pipeline.peek("IngestionQueueUrl", self._device))
        self.check(f"the queue contains {message['Body']}", is_true=self._device in message["Body"], found=message)

    def find_processed_item(self) -> None:
        """Find the reading in the processed table."""
        self.begin("The mapping is enabled again, and the processor receives the message")
        item = wait_for("the processed item", lambda: next(iter(self._processed_items()), None))
        shown = ("event_date", "temperature_celsius", "temperature_fahrenheit", "status")
        table = self._pipeline.outputs["ProcessedDataTableName"]
        self.check(
            f"{table} contains {encode({name: item.get(name) for name in shown})}",
            is_true=item.get("temperature_fahrenheit") == Decimal("77.9"),
            found=item,
        )

    def query(self) -> None:
        """Query the reading."""
        self.begin("The same user queries it")
        self.note(f"GET /query?device_id={self._device}")
        answer = self._caller.get("/query", {"device_id": self._device})
        count = answer.document().get("count")
        self.check(f"HTTP 200 {answer.text}", is_true=(answer.status, count) == (_OK, 1), found=answer)

    def process_again(self) -> None:
        """Process the stored reading again."""
        self.begin("Every raw reading can be processed again, at any time")
        self.note(f"POST /process {encode({'device_id': self._device})}")
        answer = self._caller.post("/process", {"device_id": self._device})
        processed = answer.document().get("processed")
        self.check(f"HTTP 200 {answer.text}", is_true=(answer.status, processed) == (_OK, 1), found=answer)
        items = self._processed_items()
        self.check("and there is still one processed item", is_true=len(items) == 1, found=items)

    def dead_letter(self) -> None:
        """Send a message that is not a reading, and find it in the dead-letter queue with a reason."""
        self.begin("A message that is not a reading gets into the queue")
        sqs, outputs = self._pipeline.administrator.sqs(), self._pipeline.outputs
        body = json.dumps({"poison": self._device})
        sqs.send_message(QueueUrl=outputs["IngestionQueueUrl"], MessageBody=body)
        self.note(f"sent to the queue, past the API: {body}")
        dead_letters = "DeadLetterQueueUrl"
        message = wait_for("the dead-letter message", lambda: self._pipeline.peek(dead_letters, self._device))
        attributes = message.get("MessageAttributes", {})
        reason = attributes[REASON_ATTRIBUTE].get("StringValue") if REASON_ATTRIBUTE in attributes else None
        self.check(f"it is in the dead-letter queue, with its reason: {reason}", is_true=bool(reason), found=message)
        self.note("(make redrive ENV=local sends such messages back, when the cause is fixed)")
        sqs.delete_message(QueueUrl=outputs[dead_letters], ReceiptHandle=message["ReceiptHandle"])

    def _processed_items(self) -> list[dict[str, Any]]:
        """The device's processed items; the table also contains the states of its alerts, which have no status."""
        return [item for item in self._items("ProcessedDataTableName") if "status" in item]

    def _items(self, table: str) -> list[dict[str, Any]]:
        found = self._pipeline.administrator.dynamodb().query(
            TableName=self._pipeline.outputs[table],
            ConsistentRead=True,
            KeyConditionExpression="device_id = :device",
            ExpressionAttributeValues={":device": {"S": self._device}},
        )
        read = TypeDeserializer().deserialize
        return [{name: read(value) for name, value in item.items()} for item in found["Items"]]
