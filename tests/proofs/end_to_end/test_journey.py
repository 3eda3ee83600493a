"""What cannot be processed is put aside and can be put back. The demonstration's claims are true."""

import json
from io import StringIO

import pytest

from ops.aws.api_client import ApiClient
from ops.local.demonstration import Demonstration
from ops.local.pipeline import Pipeline
from ops.operate.redriving.destination import IngestionQueue
from ops.operate.redriving.holding import HeldLetters
from ops.operate.redriving.letter import Choice
from ops.operate.redriving.moving import Mover
from tests.support.running import eventually

pytestmark = pytest.mark.timeout(900)


def test_an_invalid_reading_is_refused_with_its_fault(caller: ApiClient) -> None:
    answer = caller.post("/ingest", {"device_id": "not allowed!", "sensor_data": {"temp": 25.5}})

    assert answer.status == 400
    assert "device_id" in answer.text


def test_what_is_no_reading_goes_to_the_dead_letter_queue_and_can_be_put_back(pipeline: Pipeline, device: str) -> None:
    sqs = pipeline.administrator.sqs()
    sqs.send_message(QueueUrl=pipeline.outputs["IngestionQueueUrl"], MessageBody=json.dumps({"poison": device}))

    letter = eventually(lambda: pipeline.peek("DeadLetterQueueUrl", device))
    assert letter["Body"] == json.dumps({"poison": device})
    assert letter["MessageAttributes"]["reason"]["StringValue"]

    letters = HeldLetters(sqs, pipeline.outputs["DeadLetterQueueUrl"])
    moved = Mover(letters, IngestionQueue(sqs, pipeline.outputs["IngestionQueueUrl"])).move(
        Choice(message_ids=[letter["MessageId"]])
    )
    assert len(moved.new_ids) == 1
    back = eventually(lambda: pipeline.peek("DeadLetterQueueUrl", device))
    assert back["MessageId"] != letter["MessageId"]
    sqs.delete_message(QueueUrl=pipeline.outputs["DeadLetterQueueUrl"], ReceiptHandle=back["ReceiptHandle"])


def test_every_claim_of_the_demonstration_is_true(pipeline: Pipeline) -> None:
    said = StringIO()

    Demonstration(pipeline, said).run()

    assert said.getvalue().count("   ok  ") >= 12
