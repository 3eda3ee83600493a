"""The function behind `GET /query`."""

from generate.functions.specification import FunctionSpecification, Route, Wiring
from generate.openapi.examples import ANSWERS
from generate.openapi.operations import answer, refusals
from generate.openapi.schemas import QUERY_PARAMETERS
from generate.policies import Statement, statement

_QUERY = Route(
    "GET",
    "/query",
    {
        "operationId": "query",
        "summary": "A device's readings by event time, as they are or downsampled",
        "parameters": [
            {"name": name, "in": "query", "required": name == "device_id", "schema": schema}
            for name, schema in QUERY_PARAMETERS.items()
        ],
        "responses": {
            "200": answer("A page of items, or of intervals.", ["Items", "Series"], ANSWERS["query"]),
            **refusals(400, 403, 429, 503),
        },
    },
)


def _variables(wiring: Wiring) -> dict[str, object]:
    return {"RAW_TABLE_NAME": wiring.data.raw_table_name, "PROCESSED_TABLE_NAME": wiring.data.processed_table_name}


def _statements(wiring: Wiring) -> list[Statement]:
    tables = [wiring.data.raw_table_arn, wiring.data.processed_table_arn]
    return [statement("ReadTables", ["dynamodb:Query"], tables)]


SPECIFICATION = FunctionSpecification(
    name="query",
    resource_name="data-query-{}",
    description="GET /query: answers stored readings.",
    routes=(_QUERY,),
    variables=_variables,
    statements=_statements,
    decrypts_through=lambda _wiring: ("dynamodb",),
)
