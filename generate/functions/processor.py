"""The function that processes the queue's messages, and stored readings on `POST /process`."""

from generate.functions.settings import ProcessorSettings
from generate.functions.specification import FunctionSpecification, Route, Wiring
from generate.openapi.examples import ANSWERS, REQUESTS
from generate.openapi.operations import CONTENT_ENCODING_HEADER, answer, problem, refusals, request_body
from generate.policies import Statement, condition, statement
from handlers.contract import ALERT_STATES_PREFIX

_PROCESS = Route(
    "POST",
    "/process",
    {
        "operationId": "process",
        "summary": "Process a device's stored readings again, a page at a time",
        "parameters": [CONTENT_ENCODING_HEADER],
        "requestBody": request_body("ProcessRequest", REQUESTS["process"]),
        "responses": {
            "200": answer("The page was processed.", ["Processed"], ANSWERS["process"]),
            "413": problem("The body is too large."),
            **refusals(400, 403, 415, 429, 503),
        },
    },
)


def _variables(wiring: Wiring) -> dict[str, object]:
    data, queueing = wiring.data, wiring.queueing
    return {
        "RAW_TABLE_NAME": data.raw_table_name,
        "PROCESSED_TABLE_NAME": data.processed_table_name,
        "QUEUE_URL": queueing.ingestion_queue_url,
        "DEAD_LETTER_QUEUE_URL": queueing.dead_letter_queue_url,
        "ALERT_TOPIC_ARN": queueing.alert_topic_arn,
        "CONFIG_PARAMETER": data.config_parameter_name,
        "PROCESSED_TTL_DAYS": wiring.settings.data.processed_ttl_days,
    }


def _statements(wiring: Wiring) -> list[Statement]:
    data, queueing = wiring.data, wiring.queueing
    store = ["dynamodb:BatchWriteItem", "dynamodb:Query"]
    change = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
    alert_states = condition("ForAllValues:StringLike", "dynamodb:LeadingKeys", f"{ALERT_STATES_PREFIX}*")
    return [
        statement("ReadRaw", ["dynamodb:Query"], [data.raw_table_arn]),
        statement("StoreProcessed", store, [data.processed_table_arn]),
        statement("ChangeAlertStates", change, [data.processed_table_arn], alert_states),
        statement("DeadLetter", ["sqs:SendMessage"], [queueing.dead_letter_queue_arn]),
        statement("Alert", ["sns:Publish"], [queueing.alert_topic_arn]),
        statement("ReadConfiguration", ["ssm:GetParameter"], [data.config_parameter_arn]),
    ]


SPECIFICATION = FunctionSpecification(
    name="processor",
    resource_name="data-processor-{}",
    description="Processes queued readings, and stored ones again on POST /process.",
    routes=(_PROCESS,),
    settings=ProcessorSettings,
    variables=_variables,
    statements=_statements,
    encrypts_through=("dynamodb", "sqs", "sns"),
    reads_queue=True,
)
