"""Failed asynchronous invocations go back to the function whose they were."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from ops.operate.redriving.destination import Functions
from ops.operate.redriving.holding import HeldLetters
from ops.operate.redriving.letter import EVERY_LETTER, Choice
from ops.operate.redriving.moving import Mover
from tests.ops.operate.queues import NAMES, Queues

EVENT = {"httpMethod": "POST", "requestContext": {"requestId": "1"}, "body": "{}"}
INVOKE = ("FunctionName", "InvocationType", "Payload")


def envelope(function: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}:$LATEST"
    told = {"errorMessage": "it failed"}
    return {"requestContext": {"functionArn": arn}, "requestPayload": EVENT, "responsePayload": told}


def asynchronous(queues: Queues, client: Any, named: str | None = None) -> Mover:
    return Mover(HeldLetters(queues.sqs, queues.dead), Functions(client, list(NAMES.values()), named))


def invoked(stub: Stubber, function: str, payload: object) -> None:
    answer = {"StatusCode": 202, "Payload": StreamingBody(BytesIO(), 0), "ResponseMetadata": {"RequestId": "new"}}
    stub.add_response("invoke", answer, {"FunctionName": function, "InvocationType": "Event", "Payload": payload})


def test_an_event_in_an_envelope_goes_to_the_function_that_it_names(queues: Queues) -> None:
    body = json.dumps(envelope(NAMES["processor"])).replace('"{}"', "25.50")
    queues.bury(body)
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        invoked(stub, NAMES["processor"], json.dumps({**EVENT, "body": 0}).replace(" 0}", " 25.50}").encode())
        moved = asynchronous(queues, client).move(Choice(reasons=["it failed"]))
        stub.assert_no_pending_responses()

    assert len(moved.new_ids) == 1
    assert queues.visible(queues.dead) == []


def test_an_event_as_it_was_goes_to_the_function_that_the_operator_names(queues: Queues) -> None:
    queues.bury(EVENT, RequestID="1", ErrorCode="200", ErrorMessage="it failed")
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        invoked(stub, NAMES["query"], json.dumps(EVENT))
        moved = asynchronous(queues, client, NAMES["query"]).move(Choice(reasons=["it failed"]))

    assert len(moved.new_ids) == 1


@pytest.mark.parametrize(
    ("body", "named", "why"),
    [
        (EVENT, None, "does not tell whose event it was: name the function"),
        ("[" * 100_000, None, "does not tell whose event it was"),
        (envelope("another"), None, "was for a function that is not this environment's"),
        (envelope("another"), NAMES["query"], "was for a function that is not this environment's"),
        (envelope(NAMES["processor"]), NAMES["query"], f"was for {NAMES['processor']}"),
    ],
)
def test_an_event_whose_function_is_not_known_stays(body: object, named: str | None, why: str, queues: Queues) -> None:
    queues.bury(body)
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client):
        moved = asynchronous(queues, client, named).move(EVERY_LETTER)

    assert [reason.startswith(why) for _, reason in moved.refused] == [True]
    assert len(queues.visible(queues.dead)) == 1


def test_an_event_that_lambda_does_not_take_stays(queues: Queues) -> None:
    queues.bury(envelope(NAMES["query"]))
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "TooManyRequestsException", expected_params=dict.fromkeys(INVOKE, ANY))
        with pytest.raises(client.exceptions.TooManyRequestsException):
            asynchronous(queues, client).move(EVERY_LETTER)

    assert len(queues.visible(queues.dead)) == 1


def test_the_command_tells_what_it_cannot_tell(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (message_id,) = queues.bury(EVENT)

    assert command("--queue", "async", "--dry-run") == 1
    assert f"{message_id} stays: it does not tell whose event it was" in capsys.readouterr().out
