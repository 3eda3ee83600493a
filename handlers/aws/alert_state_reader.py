"""Reads the alert states of a batch's devices: by key or by partition, whichever costs less.

Usually few devices break a rule, and states expire after their alert was cleared: then the states of all devices are
fewer than a batch's keys. A query takes a read unit for each 4 KB that it finds, a get one for each key, even if there
is no item
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html). Both are strongly
consistent. `docs/reliability.md` says why neither is enough alone.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from handlers.aws.alert_state import Pair, pair_of, partition, table_key
from handlers.aws.attribute_values import to_item
from handlers.aws.parallel import in_parallel
from handlers.aws.retrying import Retrying
from handlers.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

MAXIMUM_READS: Final = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""
STATES_IN_A_UNIT: Final = 20
"""Of 200 bytes each, an assumption; the names of the device and the rule are the largest part."""
MAXIMUM_STATES: Final = 1000
"""Read from a partition, some 50 read units: where there are more, states are read by key."""
WORTH: Final = 2
"""How many times fewer read units outweigh the time of more calls."""
LIFETIME_SECONDS: Final = 60.0
"""How long the size of a partition is remembered."""

Items = dict[Pair, Mapping[str, Any]]


class AlertStateReader:
    """Reads items, and remembers how many there were for as long as its execution environment exists."""

    def __init__(self, client: "DynamoDBClient", table_name: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Create a reader.

        Args:
            client: DynamoDB.
            table_name: the processed table.
            clock: seconds.
        """
        self._client = client
        self._table_name = table_name
        self._clock = clock
        self._units = 1.0
        self._stale_at = -math.inf

    def read(self, pairs: Sequence[Pair], retrying: Retrying) -> Items:
        """Return the items of devices and rules, where they exist; see `AlertState.of`.

        Raises:
            UnavailableError: AWS failed.
        """
        partitions = sorted({partition(device_id) for device_id, _ in pairs})
        if len(pairs) <= WORTH * len(partitions) * self._units_of_a_partition():
            return self._get(pairs, retrying)
        answers = dict(zip(partitions, in_parallel(lambda each: self._query(each, retrying), partitions), strict=True))
        self._remember(list(answers.values()))
        found = {pair_of(item): item for answer in answers.values() for item in answer["Items"]}
        unread = [pair for pair in pairs if pair not in found and "LastEvaluatedKey" in answers[partition(pair[0])]]
        return found | self._get(unread, retrying)

    def _units_of_a_partition(self) -> float:
        return self._units if self._clock() < self._stale_at else 1.0

    def _remember(self, answers: Sequence[Mapping[str, Any]]) -> None:
        units = [max(1, math.ceil(len(answer["Items"]) / STATES_IN_A_UNIT)) for answer in answers]
        is_more = any("LastEvaluatedKey" in answer for answer in answers)
        # the partitions that were read stand for all: a hash spreads the devices
        self._units = math.inf if is_more else sum(units) / len(units)
        self._stale_at = self._clock() + LIFETIME_SECONDS

    def _query(self, name: str, retrying: Retrying) -> Mapping[str, Any]:
        return retrying.call(
            self._client.query,
            TableName=self._table_name,
            KeyConditionExpression="device_id = :partition",
            ExpressionAttributeValues=to_item({":partition": name}),
            ConsistentRead=True,
            Limit=MAXIMUM_STATES,
        )

    def _get(self, pairs: Sequence[Pair], retrying: Retrying) -> Items:
        chunks = [pairs[start : start + MAXIMUM_READS] for start in range(0, len(pairs), MAXIMUM_READS)]
        found = in_parallel(lambda chunk: self._get_some(chunk, retrying), chunks)
        return {pair: item for items in found for pair, item in items.items()}

    def _get_some(self, pairs: Sequence[Pair], retrying: Retrying) -> Items:
        keys, items, attempts = [table_key(pair) for pair in pairs], Items(), count()
        while keys:
            request: KeysAndAttributesTypeDef = {"Keys": keys, "ConsistentRead": True}
            answer = retrying.call(self._client.batch_get_item, RequestItems={self._table_name: request})
            for item in answer["Responses"].get(self._table_name, ()):
                items[pair_of(item)] = item
            keys = list(answer.get("UnprocessedKeys", {}).get(self._table_name, {"Keys": ()})["Keys"])
            if keys and not retrying.pause(next(attempts)):
                raise UnavailableError("batch_get_item", "UnprocessedKeys")
        return items
