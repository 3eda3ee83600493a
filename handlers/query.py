"""`GET /query`: the entry point of the query function."""

from functools import partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import clients, gateway
from handlers.boundary import answered
from handlers.deadline import Deadline
from handlers.observability import annotate, observed
from handlers.query_answer import query_answer
from handlers.query_request import QueryRequest, Series, read_query
from handlers.range_reader import Item, RangeReader
from handlers.retrying import Retrying
from handlers.settings import QuerySettings, load
from handlers.timestamps import from_iso

RESERVED_SECONDS: Final = 2.0
"""Kept for the answer, which may have megabytes."""


@observed(QuerySettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    retrying = Retrying(Deadline.of(context, RESERVED_SECONDS))
    return answered(partial(_query, retrying=retrying), event)


def _query(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    request = read_query(gateway.query_parameters(event))
    annotate(device_id=request.device_id)
    paging = request.paging
    items = _reader(request).read(
        request.device_id, request.window, paging.limit + 1, retrying, is_descending=paging.is_descending
    )
    return gateway.answer(query_answer(items, paging.limit, lambda item: paging.next_token(_position(request, item))))


def _reader(request: QueryRequest) -> RangeReader:
    settings = load(QuerySettings)
    match request.series:
        case Series.RAW:
            return RangeReader(clients.dynamodb(), settings.raw_table_name, "timestamp")
        case Series.PROCESSED:
            return RangeReader(clients.dynamodb(), settings.processed_table_name, "event_date")


def _position(request: QueryRequest, item: Item) -> int:
    return int(item["timestamp"]) if request.series is Series.RAW else from_iso(item["event_date"])
