"""The processed table: one item for each reading."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec

from handlers.aws.attribute_values import to_item
from handlers.aws.retrying import Retrying
from handlers.domain.timestamps import expiry
from handlers.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MAXIMUM_WRITES: Final = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

Item = Mapping[str, object]


class ProcessedTable(msgspec.Struct, frozen=True):
    """Writes items in batches; writing the same item twice does not change the table.

    Attributes:
        client: DynamoDB.
        name: the table.
        ttl_days: lifetime of an item after it was processed, or None: it never expires.
    """

    client: "DynamoDBClient"
    name: str
    ttl_days: int | None = None

    def put(self, items: Sequence[Item], processed_at: int, retrying: Retrying) -> None:
        """Write items.

        Args:
            items: at most `MAXIMUM_WRITES`, no two with the same key.
            processed_at: epoch milliseconds, from which the items' lifetime counts.
            retrying: repeats what may still succeed, including items that DynamoDB did not process.

        Raises:
            UnavailableError: some may not be written.
        """
        expires = expiry(processed_at, self.ttl_days)
        requests: Sequence[Any] = [{"PutRequest": {"Item": to_item({**item, **expires})}} for item in items]
        attempts = count()
        while requests:
            answer = retrying.call(self.client.batch_write_item, RequestItems={self.name: requests})
            requests = answer.get("UnprocessedItems", {}).get(self.name, [])
            if requests and not retrying.pause(next(attempts)):
                raise UnavailableError("batch_write_item", "UnprocessedItems")
