"""Failed asynchronous invocations are sent again to the function that failed."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from ops.operate.redriving.dead_letters import ALL_MESSAGES, Choice
from ops.operate.redriving.destinations import FailedFunctions
from ops.operate.redriving.moving import DeadLetterQueue, Moved, redrive
from tests.ops.operate.queues import NAMES, Queues

EVENT = {"httpMethod": "POST", "requestContext": {"requestId": "1"}, "body": "{}"}
INVOKE = ("FunctionName", "InvocationType", "Payload")


def invocation_record(function: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}:$LATEST"
    response = {"errorMessage": "it failed"}
    return {"requestContext": {"functionArn": arn}, "requestPayload": EVENT, "responsePayload": response}


def redrive_invocations(queues: Queues, client: Any, chosen: str | None = None, choice: Choice = ALL_MESSAGES) -> Moved:
    destination = FailedFunctions(client, list(NAMES.values()), chosen)
    return redrive(DeadLetterQueue(queues.sqs, queues.dead), destination, choice)


def expect_invocation(stub: Stubber, function: str, payload: object) -> None:
    answer = {"StatusCode": 202, "Payload": StreamingBody(BytesIO(), 0), "ResponseMetadata": {"RequestId": "new"}}
    stub.add_response("invoke", answer, {"FunctionName": function, "InvocationType": "Event", "Payload": payload})


def test_an_invocation_record_is_sent_to_the_function_that_it_names(queues: Queues) -> None:
    body = json.dumps(invocation_record(NAMES["processor"])).replace('"{}"', "25.50")
    queues.send_dead_letters(body)
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        expect_invocation(stub, NAMES["processor"], json.dumps({**EVENT, "body": 0}).replace(" 0}", " 25.50}").encode())
        moved = redrive_invocations(queues, client, choice=Choice(reasons=["it failed"]))
        stub.assert_no_pending_responses()

    assert len(moved.new_ids) == 1
    assert queues.visible(queues.dead) == []


def test_a_bare_event_is_sent_to_the_function_that_the_operator_names(queues: Queues) -> None:
    queues.send_dead_letters(EVENT, RequestID="1", ErrorCode="200", ErrorMessage="it failed")
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        expect_invocation(stub, NAMES["query"], json.dumps(EVENT))
        moved = redrive_invocations(queues, client, NAMES["query"], Choice(reasons=["it failed"]))

    assert len(moved.new_ids) == 1


@pytest.mark.parametrize(
    ("body", "chosen", "reason"),
    [
        (EVENT, None, "names no function: set FUNCTION="),
        ("[" * 100_000, None, "names no function"),
        (invocation_record("another"), None, "was sent to a function that is not part of this environment"),
        (invocation_record("another"), NAMES["query"], "was sent to a function that is not part of this environment"),
        (invocation_record(NAMES["processor"]), NAMES["query"], f"was sent to {NAMES['processor']}"),
    ],
)
def test_an_event_of_an_unknown_function_stays(body: object, chosen: str | None, reason: str, queues: Queues) -> None:
    queues.send_dead_letters(body)
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client):
        moved = redrive_invocations(queues, client, chosen)

    assert [refusal.startswith(reason) for _, refusal in moved.refused] == [True]
    assert len(queues.visible(queues.dead)) == 1


def test_an_event_that_lambda_refuses_stays(queues: Queues) -> None:
    queues.send_dead_letters(invocation_record(NAMES["query"]))
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "TooManyRequestsException", expected_params=dict.fromkeys(INVOKE, ANY))
        with pytest.raises(client.exceptions.TooManyRequestsException):
            redrive_invocations(queues, client)

    assert len(queues.visible(queues.dead)) == 1


def test_the_command_names_the_messages_that_stay(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (message_id,) = queues.send_dead_letters(EVENT)

    assert command("--queue", "async", "--dry-run") == 1
    assert f"{message_id} stays: it names no function" in capsys.readouterr().out
