"""`GET /query`: the entry point of the query function."""

from functools import partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import clients, gateway
from handlers.attribute_values import from_item
from handlers.boundary import answered
from handlers.deadline import Deadline
from handlers.observability import observed
from handlers.retrying import Retrying
from handlers.settings import QuerySettings, load

RESERVED_SECONDS: Final = 2.0


@observed(QuerySettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS
    return answered(partial(_query, retrying=Retrying(Deadline.after(seconds))), event)


def _query(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    parameters = event.get("queryStringParameters") or {}
    page = retrying.call(
        clients.dynamodb().query,
        TableName=load(QuerySettings).processed_table_name,
        KeyConditionExpression="device_id = :device AND event_date > :first",
        ExpressionAttributeValues={":device": {"S": parameters["device_id"]}, ":first": {"S": "0"}},
    )
    items = [from_item(item) for item in page["Items"]]
    return gateway.answer({"count": len(items), "items": items, "next_token": None})
