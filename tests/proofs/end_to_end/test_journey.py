"""What cannot be processed is put aside and can be put back; the demo is true."""

import json
from io import StringIO

import pytest

from ops.aws.api_client import ApiClient
from ops.local.demo import tell_story
from ops.local.demonstration.narrator import Narrator
from ops.local.demonstration.stage import Stage
from ops.local.pipeline import Pipeline
from ops.operate.redriving.dead_letters import Choice
from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, redrive
from tests.support.running import eventually

pytestmark = pytest.mark.timeout(900)


def test_an_invalid_reading_is_refused_with_its_fault(caller: ApiClient) -> None:
    answer = caller.post("/ingest", {"device_id": "not allowed!", "sensor_data": {"temp": 25.5}})

    assert answer.status == 400
    assert "device_id" in answer.text


def test_what_is_no_reading_goes_to_the_dead_letter_queue_and_can_be_put_back(pipeline: Pipeline, device: str) -> None:
    sqs = pipeline.administrator.sqs()
    stage = Stage(pipeline, device, Narrator(StringIO()))
    sqs.send_message(QueueUrl=pipeline.outputs["IngestionQueueUrl"], MessageBody=json.dumps({"poison": device}))

    letter = eventually(lambda: stage.peek("DeadLetterQueueUrl", device))
    assert letter["Body"] == json.dumps({"poison": device})
    assert letter["MessageAttributes"]["reason"]["StringValue"]

    queue = DeadLetterQueue(sqs, pipeline.outputs["DeadLetterQueueUrl"])
    destination = IngestionQueue(sqs, pipeline.outputs["IngestionQueueUrl"])
    moved = redrive(queue, destination, Choice(message_ids=[letter["MessageId"]]))
    assert len(moved.new_ids) == 1
    back = eventually(lambda: stage.peek("DeadLetterQueueUrl", device))
    assert back["MessageId"] != letter["MessageId"]
    sqs.delete_message(QueueUrl=pipeline.outputs["DeadLetterQueueUrl"], ReceiptHandle=back["ReceiptHandle"])


def test_the_story_of_the_demo_is_so(pipeline: Pipeline) -> None:
    said = StringIO()

    tell_story(pipeline, Narrator(said))

    assert said.getvalue().count("   ok  ") >= 12
