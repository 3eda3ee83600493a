"""The processed table: one item for each reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from handlers.attribute_values import to_item
from handlers.errors import UnavailableError
from handlers.retrying import Retrying

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import WriteRequestTypeDef

MAXIMUM_WRITES: Final = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

Item = Mapping[str, object]


@dataclass(frozen=True)
class ProcessedTable:
    """Writes items in batches; the same item twice is the same table."""

    client: "DynamoDBClient"
    name: str

    def put(self, items: Sequence[Item], retrying: Retrying) -> None:
        """Write items, at most `MAXIMUM_WRITES`, no two with the same key.

        Raises:
            UnavailableError: some may not be written.
        """
        requests: list[WriteRequestTypeDef] = [{"PutRequest": {"Item": to_item(item)}} for item in items]
        for attempt in count():
            answer = retrying.call(self.client.batch_write_item, RequestItems={self.name: requests})
            requests = answer.get("UnprocessedItems", {}).get(self.name, [])  # type: ignore[assignment]
            if not requests:
                return
            if not retrying.pause(attempt):
                raise UnavailableError("batch_write_item", "unprocessed items")
