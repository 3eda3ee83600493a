"""Reads a device's items by event time, from either table."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from handlers.aws.attribute_values import from_item, to_item
from handlers.aws.retrying import Retrying
from handlers.contract import MAXIMUM_PAGE_LIMIT
from handlers.domain.pages import Window
from handlers.domain.timestamps import event_date

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]


class RangeReader(msgspec.Struct, frozen=True):
    """Reads one table.

    Attributes:
        client: DynamoDB.
        table_name: the table.
        range_key: `timestamp`, a number, or `event_date`, a string.
        is_consistent: strongly consistent reads, for twice the price.
        page_size: the maximum number of items of one call.
    """

    client: "DynamoDBClient"
    table_name: str
    range_key: str
    is_consistent: bool = False
    page_size: int = MAXIMUM_PAGE_LIMIT + 1

    def read(
        self, device_id: str, window: Window, limit: int, retrying: Retrying, *, is_descending: bool
    ) -> Iterator[Item]:
        """Yield a device's items in order; each page is read when its first item is needed.

        Raises:
            UnavailableError: AWS failed.
        """
        start: Mapping[str, Any] = {}
        left = 0 if window.is_empty else limit
        while left > 0:
            answer = retrying.call(
                self.client.query,
                TableName=self.table_name,
                KeyConditionExpression="device_id = :device AND #range BETWEEN :first AND :last",
                ExpressionAttributeNames={"#range": self.range_key},
                ExpressionAttributeValues=self._bounds(device_id, window),
                ScanIndexForward=not is_descending,
                Limit=min(left, self.page_size),
                ConsistentRead=self.is_consistent,
                **start,
            )
            yield from (from_item(item) for item in answer["Items"])
            left -= len(answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _bounds(self, device_id: str, window: Window) -> Mapping[str, Any]:
        key: Callable[[int], int | str] = event_date if self.range_key == "event_date" else int
        return to_item({":device": device_id, ":first": key(window.first), ":last": key(window.last)})
