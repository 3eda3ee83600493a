"""`GET /query`: the entry point of the query function."""

from functools import partial
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers import gateway
from handlers.aws import clients
from handlers.aws.range_reader import RangeReader
from handlers.aws.retrying import Retrying
from handlers.boundary import answered
from handlers.deadline import Deadline
from handlers.domain.downsampling import MAXIMUM_ITEMS, Series
from handlers.domain.query_answer import query_answer
from handlers.domain.query_request import QueryRequest, Table, read_query
from handlers.observability import annotate, observed
from handlers.settings import QuerySettings, load

RESERVED_SECONDS: Final = 2.0
"""Kept for the answer, which may have megabytes."""
SERIES_RESERVED_SECONDS: Final = 8.0
"""Kept, before that, for one more page of DynamoDB's: a series that takes too long goes on in another page."""


@observed(QuerySettings)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    retrying = Retrying(Deadline.of(context, RESERVED_SECONDS).within(gateway.REQUEST_SECONDS))
    return answered(partial(_query, retrying=retrying), event)


def _query(event: gateway.Event, retrying: Retrying) -> gateway.Answer:
    request = read_query(gateway.query_parameters(event))
    annotate(device_id=request.device_id)
    reader = _reader(request)
    return gateway.answer(_series(request, reader, retrying) or _items(request, reader, retrying))


def _items(request: QueryRequest, reader: RangeReader, retrying: Retrying) -> dict[str, object]:
    paging = request.paging
    items = reader.read(
        request.device_id, request.window, paging.limit + 1, retrying, is_descending=paging.is_descending
    )
    return query_answer(items, paging.limit, lambda item: paging.next_token(int(item["timestamp"])))


def _series(request: QueryRequest, reader: RangeReader, retrying: Retrying) -> dict[str, object] | None:
    if request.downsampling is None:
        return None
    paging = request.paging
    items = reader.read(
        request.device_id, request.window, MAXIMUM_ITEMS + 1, retrying, is_descending=paging.is_descending
    )
    series = Series(request.downsampling, paging, request.window)
    return series.read(items, lambda: retrying.deadline.remaining() > SERIES_RESERVED_SECONDS)


def _reader(request: QueryRequest) -> RangeReader:
    settings = load(QuerySettings)
    if request.table is Table.RAW:
        return RangeReader(clients.dynamodb(), settings.raw_table_name, "timestamp")
    return RangeReader(clients.dynamodb(), settings.processed_table_name, "event_date")
