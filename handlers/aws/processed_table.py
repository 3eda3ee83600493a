"""The processed table: one item for each reading."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec

from handlers.aws.attribute_values import to_item
from handlers.aws.retrying import Retrying
from handlers.contract import TTL_ATTRIBUTE
from handlers.domain.time_to_live import expires_at
from handlers.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MAXIMUM_WRITES: Final = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

Item = Mapping[str, object]


class ProcessedTable(msgspec.Struct, frozen=True):
    """Writes items in batches; the same item twice is the same table.

    Attributes:
        client: DynamoDB.
        name: the table.
        ttl_days: how long an item lives after it was processed; absent for ever.
    """

    client: "DynamoDBClient"
    name: str
    ttl_days: int | None = None

    def put(self, items: Sequence[Item], processed_at: int, retrying: Retrying) -> None:
        """Write items.

        Args:
            items: at most `MAXIMUM_WRITES`, no two with the same key.
            processed_at: epoch milliseconds, from which the items' life counts.
            retrying: repeats what may still succeed, items that DynamoDB left over too.

        Raises:
            UnavailableError: some may not be written.
        """
        life = {} if self.ttl_days is None else {TTL_ATTRIBUTE: expires_at(processed_at, self.ttl_days)}
        requests: Sequence[Any] = [{"PutRequest": {"Item": to_item({**item, **life})}} for item in items]
        attempts = count()
        while requests:
            answer = retrying.call(self.client.batch_write_item, RequestItems={self.name: requests})
            requests = answer.get("UnprocessedItems", {}).get(self.name, [])
            if requests and not retrying.pause(next(attempts)):
                raise UnavailableError("batch_write_item", "UnprocessedItems")
