"""The function behind `POST /ingest`."""

from generate.functions.specification import FunctionSpecification, Route, Wiring
from generate.openapi.examples import ANSWERS, REQUESTS
from generate.openapi.operations import (
    API_KEY_HEADER,
    CONTENT_ENCODING_HEADER,
    answer,
    problem,
    refusals,
    request_body,
)
from generate.policies import Statement, statement

_INGEST = Route(
    "POST",
    "/ingest",
    {
        "operationId": "ingest",
        "summary": "Store and queue one reading, or a batch of them",
        "description": "200 means: stored raw and queued. Sent again, the same reading changes nothing.",
        "parameters": [API_KEY_HEADER, CONTENT_ENCODING_HEADER],
        "requestBody": request_body("IngestRequest", REQUESTS["ingest"]),
        "responses": {
            "200": answer("Everything was accepted.", ["Accepted", "BatchAccepted"], ANSWERS["ingest"]),
            "207": answer("A part of the batch was accepted.", ["BatchAccepted"], ANSWERS["ingest_partly"]),
            "409": problem("A different reading of the device with this timestamp is already stored."),
            "413": problem("The body is too large."),
            **refusals(400, 401, 403, 415, 429, 503),
        },
    },
)


def _variables(wiring: Wiring) -> dict[str, object]:
    settings, data = wiring.settings, wiring.data
    return {
        "RAW_TABLE_NAME": data.raw_table_name,
        "QUEUE_URL": wiring.queueing.ingestion_queue_url,
        "CONFIG_PARAMETER": data.config_parameter_name,
        "API_KEY_PARAMETER": data.api_key_parameter_name if settings.api.require_api_key else None,
        "RAW_TTL_DAYS": settings.data.raw_ttl_days,
        "MAXIMUM_CLOCK_SKEW_SECONDS": settings.api.maximum_clock_skew_seconds,
        "OLDEST_TIMESTAMP": settings.api.oldest_timestamp.isoformat(),
    }


def _statements(wiring: Wiring) -> list[Statement]:
    data = wiring.data
    statements = [
        statement("StoreRaw", ["dynamodb:PutItem"], [data.raw_table_arn]),
        statement("Queue", ["sqs:SendMessage"], [wiring.queueing.ingestion_queue_arn]),
        statement("ReadConfiguration", ["ssm:GetParameter"], [data.config_parameter_arn]),
    ]
    if wiring.settings.api.require_api_key:
        statements.append(statement("ReadApiKey", ["ssm:GetParameter"], [data.api_key_parameter_arn]))
    return statements


def _decrypts_through(wiring: Wiring) -> tuple[str, ...]:
    """Parameter Store decrypts a SecureString itself, without a data key (KMS developer guide, "Parameter Store")."""
    return ("ssm",) if wiring.settings.api.require_api_key else ()


SPECIFICATION = FunctionSpecification(
    name="ingestion",
    resource_name="data-ingestion-{}",
    description="POST /ingest: validates readings, stores them raw and queues them.",
    routes=(_INGEST,),
    variables=_variables,
    statements=_statements,
    encrypts_through=("dynamodb", "sqs"),
    decrypts_through=_decrypts_through,
    updated_after=("processor",),  # an older processor might not read the messages of a newer ingestion function
)
