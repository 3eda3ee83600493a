"""An invalid message is dead-lettered and can be redriven; the statements of the demo are true."""

import json
from io import StringIO

import pytest

from ops.aws.api_client import ApiClient
from ops.local.demonstration import Demonstration
from ops.local.pipeline import Pipeline
from ops.operate.redriving.dead_letters import Choice
from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, redrive
from tests.support.running_pipeline import eventually

pytestmark = pytest.mark.timeout(900)


def test_an_invalid_reading_is_refused_with_its_fault(caller: ApiClient) -> None:
    answer = caller.post("/ingest", {"device_id": "not allowed!", "sensor_data": {"temp": 25.5}})

    assert answer.status == 400
    assert "device_id" in answer.text


def test_an_invalid_message_is_dead_lettered_and_can_be_redriven(pipeline: Pipeline, device: str) -> None:
    sqs = pipeline.administrator.sqs()
    sqs.send_message(QueueUrl=pipeline.outputs["IngestionQueueUrl"], MessageBody=json.dumps({"poison": device}))

    message = eventually(lambda: pipeline.peek("DeadLetterQueueUrl", device))
    assert message["Body"] == json.dumps({"poison": device})
    assert message["MessageAttributes"]["reason"]["StringValue"]

    queue = DeadLetterQueue(sqs, pipeline.outputs["DeadLetterQueueUrl"])
    destination = IngestionQueue(sqs, pipeline.outputs["IngestionQueueUrl"])
    moved = redrive(queue, destination, Choice(message_ids=[message["MessageId"]]))
    assert len(moved.new_ids) == 1
    returned = eventually(lambda: pipeline.peek("DeadLetterQueueUrl", device))
    assert returned["MessageId"] != message["MessageId"]
    sqs.delete_message(QueueUrl=pipeline.outputs["DeadLetterQueueUrl"], ReceiptHandle=returned["ReceiptHandle"])


def test_the_statements_of_the_demo_are_true(pipeline: Pipeline) -> None:
    output = StringIO()

    Demonstration(pipeline, output).run()

    assert output.getvalue().count("   ok  ") >= 12
