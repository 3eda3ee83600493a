"""Only a signed request of a user who may call the API comes in."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from ops.client import ApiClient
from ops.embedded.pipeline import Pipeline

pytestmark = pytest.mark.timeout(900)
READING = {"device_id": "refused", "sensor_data": {"temp": 25.5}}


def test_an_unsigned_request_is_refused(caller: ApiClient) -> None:
    answer = caller.deliver(caller.prepare_post("/ingest", READING))

    assert answer.status == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.document()["detail"] == "Missing Authentication Token"


def test_a_wrong_secret_is_refused(pipeline: Pipeline) -> None:
    assert pipeline.caller.keys is not None
    forged = replace(pipeline.caller, keys=replace(pipeline.caller.keys, secret_access_key="guessed"))

    assert ApiClient(pipeline.api, forged).post("/ingest", READING).status == 403


def test_a_body_changed_on_the_way_is_refused(caller: ApiClient) -> None:
    request = caller.sign(caller.prepare_post("/ingest", READING)).prepare()
    request.body = json.dumps({**READING, "sensor_data": {"temp": 99.9}}).encode()

    assert caller.deliver(request).status == 403


def test_a_query_changed_on_the_way_is_refused(caller: ApiClient) -> None:
    request = caller.sign(caller.prepare_get("/query", {"device_id": "mine"})).prepare()
    request.url = request.url.replace("mine", "yours")

    assert caller.deliver(request).status == 403


@pytest.mark.parametrize("path", ["/ingest", "/process"])
def test_a_user_without_the_permission_is_refused(pipeline: Pipeline, path: str) -> None:
    answer = ApiClient(pipeline.api, pipeline.stranger).post(path, READING)

    assert answer.status == 403
    assert "is not authorized to perform: execute-api:Invoke" in answer.text


def test_the_caller_may_call_the_api_and_nothing_else(pipeline: Pipeline) -> None:
    for call in (pipeline.caller.sqs().list_queues, pipeline.caller.dynamodb().list_tables):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


def test_what_was_refused_left_nothing(pipeline: Pipeline) -> None:
    found = pipeline.administrator.dynamodb().query(
        TableName=pipeline.outputs["RawSensorTableName"],
        KeyConditionExpression="device_id = :device",
        ExpressionAttributeValues={":device": {"S": "refused"}},
    )

    assert found["Items"] == []
