"""`GET /query`: the entry point of the query function."""

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import gateway
from handlers.aws import clients
from handlers.aws.range_reader import RangeReader
from handlers.aws.retrying import Retrying
from handlers.domain.downsampling import MAXIMUM_ITEMS, Series
from handlers.domain.pages import items_page
from handlers.domain.query_request import QueryRequest, read_query
from handlers.observability import annotate, observed
from handlers.settings import QuerySettings, load

RESERVED_SECONDS: Final = 2.0
"""Kept for the answer, which may have megabytes."""
SERIES_RESERVED_SECONDS: Final = 8.0
"""Kept, before that, to read one more page from DynamoDB: a series that takes too long continues on another page."""


@observed(QuerySettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return gateway.answered(_query, event, context, RESERVED_SECONDS)


def _query(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    request = read_query(gateway.query_parameters(event))
    annotate(device_id=request.device_id)
    paging, downsampling = request.paging, request.downsampling
    limit = paging.limit if downsampling is None else MAXIMUM_ITEMS
    items = _reader(request).read(
        request.device_id, request.window, limit + 1, retrying, is_descending=paging.is_descending
    )
    if downsampling is None:
        return gateway.answer(items_page(items, paging))
    series = Series(downsampling, paging, request.window)
    return gateway.answer(series.read(items, lambda: retrying.remaining() > SERIES_RESERVED_SECONDS))


def _reader(request: QueryRequest) -> RangeReader:
    settings = load(QuerySettings)
    if request.table == "raw":
        return RangeReader(clients.dynamodb(), settings.raw_table_name, "timestamp")
    return RangeReader(clients.dynamodb(), settings.processed_table_name, "event_date")
