"""`make demo`: the pipeline on this machine, step by step. Every claim that it prints is looked up first."""

import json
import sys
import time
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any, TextIO

from boto3.dynamodb.types import TypeDeserializer

from handlers.aws.dead_letter_queue import REASON_ATTRIBUTE
from handlers.domain.documents import encode
from ops.aws.access import Keys
from ops.aws.api_client import Answer, ApiClient
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline, wait_for
from ops.project.errors import OpsError


class FalseClaimError(OpsError):
    """The pipeline did not do what the demonstration claims."""


def demonstrate(machine: Machine) -> None:
    """Bring the pipeline up and demonstrate it."""
    print("This runs the whole pipeline on this machine: an embedded AWS, the committed Terraform files applied to it.")
    Demonstration(machine.up()).run()
    home = machine.layout.home.relative_to(machine.project)
    print(f"""
Every claim is true. It took {machine.progress.elapsed():.0f} s, and the pipeline is still running. To go on:
   make send DEVICE=my-device DATA='{{"temp": 21}}'   send a reading of your own
   make query DEVICE=my-device                      ask for it
   source {home}/env                           call the API with any client that signs: $API_ENDPOINT
   source {home}/admin.env                     look around as the administrator, with any AWS tool
   make down                                        stop it; its state is kept""")


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
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
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
        self.begin("Four unauthorized callers: POST /ingest requires an AWS signature and a permission")
        self._refuse_callers()
        self.begin("A device posts a reading, signed by a user who may only call this API")
        self.note("(the event source mapping is disabled for a moment, so that the message stays in the queue)")
        with self._pipeline.paused_processing():
            self._ingest()
            self.begin("The reading waits in the ingestion queue")
            message = wait_for("the message", lambda: self._pipeline.peek("IngestionQueueUrl", self._device))
            self.note(f"ok  the queue contains {message['Body']}")
        self.begin("The mapping is enabled again, and the processor receives the message")
        self._find_processed_item()
        self.begin("The same user queries it")
        self._query()
        self.begin("Every raw reading can be processed again, at any time")
        self._process_again()
        self.begin("A message that is not a reading gets into the queue")
        self._dead_letter()

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

    def _refuse_callers(self) -> None:
        caller, keys = self._caller, self._pipeline.caller.keys
        guessed = replace(self._pipeline.caller, keys=keys and Keys(keys.access_key_id, "0" * 40))
        tampered = caller.sign(caller.prepare_post("/ingest", self._reading))
        tampered.data = json.dumps({**self._reading, "sensor_data": {"temp": 99.9}}).encode()
        forger, stranger = (ApiClient(caller.address, access) for access in (guessed, self._pipeline.stranger))
        answers = {
            "no signature at all": caller.deliver(caller.prepare_post("/ingest", self._reading)),
            "the caller's key id with a guessed secret": forger.post("/ingest", self._reading),
            "a signed request whose 25.5 became 99.9 on the way": caller.deliver(tampered),
            "a valid signature of a user without execute-api:Invoke": stranger.post("/ingest", self._reading),
        }
        for who, answer in answers.items():
            document = answer.document()
            reason = str(document.get("detail") or document.get("message")).partition(". ")[0]
            self.check(f"{who}: 403, {reason}", is_true=answer.status == HTTPStatus.FORBIDDEN, found=answer)

    def _ingest(self) -> None:
        self._check_answer(f"POST /ingest {encode(self._reading)}", self._caller.post("/ingest", self._reading))
        items = self._items("RawSensorTableName")
        self.check(
            f"{self._pipeline.outputs['RawSensorTableName']} contains the reading as it was sent: temp 25.5",
            is_true=[item["sensor_data"]["temp"] for item in items] == [Decimal("25.5")],
            found=items,
        )

    def _find_processed_item(self) -> None:
        item = wait_for("the processed item", lambda: next(iter(self._processed_items()), None))
        shown = ("event_date", "temperature_celsius", "temperature_fahrenheit", "status")
        table = self._pipeline.outputs["ProcessedDataTableName"]
        self.check(
            f"{table} contains {encode({name: item.get(name) for name in shown})}",
            is_true=item.get("temperature_fahrenheit") == Decimal("77.9"),
            found=item,
        )

    def _query(self) -> None:
        answer = self._caller.get("/query", {"device_id": self._device})
        self._check_answer(f"GET /query?device_id={self._device}", answer, count=1)

    def _process_again(self) -> None:
        device = {"device_id": self._device}
        self._check_answer(f"POST /process {encode(device)}", self._caller.post("/process", device), processed=1)
        items = self._processed_items()
        self.check("and there is still one processed item", is_true=len(items) == 1, found=items)

    def _dead_letter(self) -> None:
        sqs, outputs = self._pipeline.administrator.sqs(), self._pipeline.outputs
        body = json.dumps({"poison": self._device})
        sqs.send_message(QueueUrl=outputs["IngestionQueueUrl"], MessageBody=body)
        self.note(f"sent to the queue, past the API: {body}")
        dead_letters = "DeadLetterQueueUrl"
        message = wait_for("the dead-letter message", lambda: self._pipeline.peek(dead_letters, self._device))
        attributes = message.get("MessageAttributes", {})
        reason = attributes[REASON_ATTRIBUTE].get("StringValue") if REASON_ATTRIBUTE in attributes else None
        self.check(f"it is in the dead-letter queue, with its reason: {reason}", is_true=bool(reason), found=message)
        self.note("(make redrive ENV=local would send it back, once the cause is fixed; the demonstration deletes it)")
        sqs.delete_message(QueueUrl=outputs[dead_letters], ReceiptHandle=message["ReceiptHandle"])

    def _check_answer(self, request: str, answer: Answer, **members: int) -> None:
        self.note(request)
        found = {name: answer.document().get(name) for name in members}
        is_true = answer.status == HTTPStatus.OK and found == members
        self.check(f"HTTP 200 {answer.text}", is_true=is_true, found=answer)

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
