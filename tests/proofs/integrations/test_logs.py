"""Logs: each function writes to its own log group; a request is found by its id; no log contains a payload."""

import json
from typing import TYPE_CHECKING

import pytest

from handlers.aws.ingestion_queue import CORRELATION_ATTRIBUTE
from ops.aws.api_client import ApiClient
from ops.operate.callers import Operator
from ops.operate.logs import FUNCTIONS
from tests.proofs.integrations.lookups import logged, take_dead_letter_message
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageAttributeValueTypeDef

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
PATIENCE = 120
"""Seconds; log events become visible some time later."""


def test_a_request_is_found_in_the_logs_of_both_functions(
    operator: Operator, caller: ApiClient, device: str, figures: Figures
) -> None:
    configuration = operator.access.functions().get_function_configuration(
        FunctionName=operator.output("IngestionFunctionName")
    )
    level = configuration["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"]
    if level not in ("DEBUG", "INFO"):
        pytest.skip(f"this environment logs from {level} on, and a successful request is logged at INFO")

    answer = caller.post("/ingest", {"device_id": device, "sensor_data": {"temp": 25.5, "note": f"secret-{device}"}})

    request = answer.headers["x-amzn-requestid"]
    (ingested,) = eventually(lambda: logged(operator, "IngestionFunctionName", request) or None, PATIENCE)
    (processed,) = eventually(lambda: logged(operator, "ProcessorFunctionName", request) or None, PATIENCE)
    assert json.loads(ingested)["correlation_id"] == request
    assert request in json.loads(processed)["correlation_ids"]
    figures.tried("functions whose log contains the request's id", 2)


def test_no_payload_is_in_any_log(operator: Operator, caller: ApiClient, device: str, figures: Figures) -> None:
    secret = f"secret-{device}"
    for document in (
        {"device_id": device, "sensor_data": {"note": secret}},
        {"device_id": device, "sensor_data": {"note": secret}, secret: secret},
        {"device_id": secret * 3, "sensor_data": {secret: [secret]}},
    ):
        caller.post("/ingest", document)
    caller.get("/query", {"device_id": device, "table": secret})
    send_poison(operator, secret, device)

    eventually(lambda: logged(operator, "ProcessorFunctionName", device) or None, PATIENCE)
    for output in FUNCTIONS.values():
        assert logged(operator, output, secret) == []
        figures.count("logs without a payload")


def send_poison(operator: Operator, body: str, correlation_id: str) -> None:
    """Send a message that cannot be processed, which is logged at every level."""
    attribute: MessageAttributeValueTypeDef = {"DataType": "String", "StringValue": correlation_id}
    operator.access.sqs().send_message(
        QueueUrl=operator.output("IngestionQueueUrl"),
        MessageBody=body,
        MessageAttributes={CORRELATION_ATTRIBUTE: attribute},
    )
    eventually(lambda: take_dead_letter_message(operator, body), PATIENCE)
