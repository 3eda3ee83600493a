"""What the running API accepts: times, integers, units, and bodies that API Gateway itself refuses."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest

from ops.aws.api_client import ApiClient
from ops.local.pipeline import Pipeline
from tests.support.running_pipeline import eventually
from tests.support.stored_items import items

pytestmark = pytest.mark.timeout(900)


def posted(caller: ApiClient, body: str, path: str = "/ingest") -> tuple[int, dict[str, Any]]:
    """The status and the document of the answer to a body, which is sent unchanged."""
    request = caller.prepare_post(path, None)
    request.data = body.encode()
    answer = caller.deliver(caller.sign(request))
    assert answer.headers["content-type"] in ("application/json", "application/problem+json"), answer
    return answer.status, json.loads(answer.text, parse_float=Decimal)


def reading(device: str, sensor_data: str = '{"humidity": 1}', **members: object) -> str:
    more = "".join(f', "{name}": {value}' for name, value in members.items())
    return f'{{"device_id": "{device}", "sensor_data": {sensor_data}{more}}}'


def test_a_timestamp_in_seconds_or_of_an_unset_clock_is_refused(caller: ApiClient, device: str) -> None:
    seconds = int(time.time()) - 60

    for sent, expected in {
        f"{seconds}": f"looks like seconds; send milliseconds: {seconds}000",
        f"{seconds}.5": f"looks like seconds; send milliseconds: {seconds}500",
        f"{seconds}000000": f"looks like microseconds; send milliseconds: {seconds}000",
        "250000": "must not be before 2000-01-01T00:00:00.000Z: the device's clock may not be set",
        '"1970-01-01T00:04:10Z"': "must not be before 2000-01-01T00:00:00.000Z: the device's clock may not be set",
    }.items():
        status, problem = posted(caller, reading(device, timestamp=sent))
        assert status == 400, problem
        assert problem["errors"][0]["pointer"] == "#/timestamp"
        assert expected in problem["errors"][0]["detail"]


def test_an_integer_may_be_written_in_any_form(pipeline: Pipeline, caller: ApiClient, device: str) -> None:
    moment = int(time.time()) * 1000

    for written in (f"{moment}", f"{moment}.0", f"{moment}0e-1"):
        status, answer = posted(caller, reading(device, timestamp=written))
        assert (status, answer.get("timestamp")) == (200, moment), answer

    stored = items(pipeline.administrator.dynamodb(), pipeline.outputs["RawSensorTableName"], device)
    assert [item["timestamp"] for item in stored] == [moment]
    asked = f'{{"device_id": "{device}", "start": {moment}.0, "end": {moment}e0, "limit": 1.0}}'
    assert posted(caller, asked, "/process") == (200, {"processed": 1, "failed": 0, "next_token": None})


def test_a_sent_temperature_is_stored_and_queried(pipeline: Pipeline, caller: ApiClient, device: str) -> None:
    assert posted(caller, reading(device, '{"temp": 20, "temperature_celsius": 50.25}'))[0] == 200

    table = pipeline.outputs["ProcessedDataTableName"]
    (item,) = eventually(lambda: items(pipeline.administrator.dynamodb(), table, device) or None)
    assert item["sensor_data"] == {"temp": 20, "temperature_celsius": Decimal("50.25")}
    assert item["temperature_celsius"] == Decimal("50.25")
    assert (item["temperature"], item["temperature_fahrenheit"]) == (Decimal("50.25"), Decimal("122.45"))
    series = caller.get("/query", {"device_id": device, "interval": "PT1H", "statistics": "max"}).document()
    assert series["items"][0]["values"]["temperature_celsius"] == {"max": 50.25}
    assert series["items"][0]["values"]["temp"] == {"max": 20}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('{"temp": nan}', "[Unknown error parsing request body]"),
        ('{"temp": 1,}', "[Unknown error parsing request body]"),
        ('{"temp": 1', "[Unknown error parsing request body]"),
        ("[]", '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]'),
        ("null", '[instance type (null) does not match any allowed primitive type (allowed: ["object"])]'),
    ],
)
@pytest.mark.parametrize("path", ["/ingest", "/process"])
def test_the_refusal_of_a_body_that_is_not_an_object_says_why(
    caller: ApiClient, path: str, body: str, found: str
) -> None:
    status, problem = posted(caller, body, path)

    assert status == 400
    assert problem["errors"] == [{"pointer": "#", "detail": found}]
    assert "must be one JSON object" in problem["detail"]


def test_the_function_explains_a_body_of_another_content_type(caller: ApiClient) -> None:
    request = caller.prepare_post("/ingest", None)
    request.data = b'{"temp": nan}'
    request.headers.replace_header("Content-Type", "text/plain")
    answer = caller.deliver(caller.sign(request))

    assert answer.status == 400
    assert answer.document()["errors"] == [{"pointer": "#", "detail": "not JSON: Expecting value at line 1, column 10"}]
