"""Function execution: each function runs, with its layer and settings, and answers an event."""

import json
from typing import Any

import pytest

from ops.operate.callers import Operator
from tests.support.proving import Figures

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
DEVICE = "iot-pipeline-verify-nobody"
EVENTS: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = {
    "IngestionFunctionName": ({"body": "{}"}, 400, {"status": 400}),
    "ProcessorFunctionName": ({"body": json.dumps({"device_id": DEVICE})}, 200, {"processed": 0, "failed": 0}),
    "QueryFunctionName": ({"queryStringParameters": {"device_id": DEVICE}}, 200, {"count": 0, "items": []}),
}
"""An event for each function, by its output, with the expected status and members of the body."""


@pytest.mark.parametrize("output", EVENTS)
def test_a_function_runs_and_answers(operator: Operator, figures: Figures, output: str) -> None:
    given, status, expected = EVENTS[output]
    parameters = given.get("queryStringParameters")
    event = {
        "headers": {"Content-Type": "application/json"},
        "body": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": {name: [value] for name, value in (parameters or {}).items()} or None,
        "requestContext": {"requestId": "iot-pipeline-verify"},
        **given,
    }

    answer = operator.access.functions().invoke(
        FunctionName=operator.output(output), Payload=json.dumps(event).encode()
    )

    payload = json.loads(answer["Payload"].read())
    assert answer["StatusCode"] == 200
    assert answer.get("FunctionError", "") == "", payload
    assert payload["statusCode"] == status, payload
    assert expected.items() <= json.loads(payload["body"]).items()
    figures.count("functions that ran")


@pytest.mark.parametrize("output", EVENTS)
def test_a_function_is_ready_and_traced(operator: Operator, figures: Figures, output: str) -> None:
    found = operator.access.functions().get_function_configuration(FunctionName=operator.output(output))

    assert (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful")
    assert found["TracingConfig"]["Mode"] == "Active"
    figures.count("functions ready and traced")
