"""What is known about each device and rule, so that subscribers are told once of every change.

One item for each device and rule lies in the processed table, apart from every device's readings. A device that was
never anything but well needs none:

- `is_alert`: what the latest reading, by event time, that decides about the rule says. Readings may come in any order
  and any number; it becomes the same.
- `decided_at`, `decided_value`: the reading by which that was recorded, at which it became so or a later one. Readings
  that say the same again are not recorded: only the processed readings tell which is the latest. It never decreases.
- `is_told`: whether an alert is what subscribers were told last.
- `claimed_until`, `claimed_alert`, `claimed_at`, `claimed_value`: an invocation is telling them just now what that
  reading decided, and will have ended by then (epoch milliseconds).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError

from handlers.aws.attribute_values import from_item, to_item
from handlers.aws.parallel import in_parallel
from handlers.aws.retrying import Retrying
from handlers.domain.rules import Observation
from handlers.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef, KeysAndAttributesTypeDef

KEY_PREFIX: Final = "#alert#"
"""Before the device's id, in which no `#` can stand: a device's own items are its readings and nothing else."""


MAXIMUM_READS: Final = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

Pair = tuple[str, str]
"""A device's id and a rule's name."""
Items = dict[Pair, Mapping[str, Any]]


class AlertState(msgspec.Struct, frozen=True):
    """The item of one device and rule; see the module. Where there is none, that of a device that was always well."""

    device_id: str
    rule_name: str
    decided_at: int = -1
    value: Decimal = Decimal(0)
    is_alert: bool = False
    is_told: bool = False
    claimed_until: int | None = None
    claimed_alert: bool | None = None
    claimed_at: int | None = None
    claimed_value: Decimal | None = None

    @classmethod
    def of(cls, pair: Pair, attributes: Mapping[str, Any] | None) -> "AlertState":
        """Read an item, which may be absent.

        Raises:
            Exception: of any kind; it is none that this module wrote.
        """
        if attributes is None:
            return cls(*pair)
        item = from_item(attributes)
        claimed_until = item.get("claimed_until")
        return cls(
            *pair,
            decided_at=int(item["decided_at"]),
            value=item["decided_value"],
            is_alert=item["is_alert"],
            is_told=item["is_told"],
            claimed_until=None if claimed_until is None else int(claimed_until),
            claimed_alert=item.get("claimed_alert"),
            claimed_at=None if "claimed_at" not in item else int(item["claimed_at"]),
            claimed_value=item.get("claimed_value"),
        )

    @property
    def pair(self) -> Pair:
        """The device and the rule."""
        return self.device_id, self.rule_name

    def allows(self, observation: Observation) -> bool:
        """Tell whether it may stay as it is: it says what the observation says, or what a reading as late says."""
        return self.is_alert is observation.is_alert or self.decided_at >= observation.reading.timestamp

    @property
    def untold(self) -> bool | None:
        """What subscribers have to be told, or nothing: first what an invocation claimed and perhaps never told."""
        if self.claimed_alert is not None:
            return self.claimed_alert
        return None if self.is_alert is self.is_told else self.is_alert

    def is_claimed(self, now: int) -> bool:
        """Tell whether an invocation that has not ended at an epoch millisecond is telling subscribers."""
        return self.claimed_until is not None and self.claimed_until >= now

    @property
    def told_at(self) -> int:
        """When the reading was that decided what is claimed, epoch milliseconds; a later one may have decided since."""
        return self.decided_at if self.claimed_at is None else self.claimed_at

    @property
    def told_value(self) -> Decimal:
        """The value of that reading."""
        return self.value if self.claimed_value is None else self.claimed_value


class Change(msgspec.Struct, frozen=True):
    """The state of an item after an attempt to change it."""

    is_done: bool
    state: AlertState


class AlertStates(msgspec.Struct, frozen=True):
    """Changes items by conditional updates, so that concurrent invocations agree."""

    client: "DynamoDBClient"
    table_name: str

    def decide(self, observation: Observation, retrying: Retrying) -> AlertState:
        """Record what a reading decides, unless a later one has decided already.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {
            ":at": observation.reading.timestamp,
            ":alert": observation.is_alert,
            ":value": observation.value,
            ":never": False,
        }
        return self._update(
            observation.pair,
            "SET decided_at = :at, is_alert = :alert, decided_value = :value, is_told = if_not_exists(is_told, :never)",
            "attribute_not_exists(decided_at) OR decided_at < :at",
            values,
            retrying,
        ).state

    def claim(self, state: AlertState, until: int, retrying: Retrying) -> Change:
        """Claim the right to tell subscribers, given that nothing was decided or told since `state` was read.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {":until": until, ":untold": state.untold}
        update = "SET claimed_until = :until, claimed_alert = :untold"
        if state.claimed_until is None:
            condition = "attribute_not_exists(claimed_until) AND decided_at = :decided AND is_told <> :untold"
            values[":decided"] = state.decided_at
            update += ", claimed_at = decided_at, claimed_value = decided_value"
        else:
            condition = "claimed_until = :expired AND claimed_alert = :untold"
            values[":expired"] = state.claimed_until
        return self._update(state.pair, update, condition, values, retrying)

    def told(self, claimed: AlertState, retrying: Retrying) -> AlertState:
        """Record that subscribers were told what was claimed.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {":told": claimed.claimed_alert, ":until": claimed.claimed_until}
        update = "SET is_told = :told REMOVE claimed_until, claimed_alert, claimed_at, claimed_value"
        return self._update(claimed.pair, update, "claimed_until = :until", values, retrying).state

    def release(self, claimed: AlertState, retrying: Retrying) -> None:
        """Let others tell at once what was claimed: whether subscribers heard it is not known.

        Raises:
            UnavailableError: AWS failed; the claim ends in its time.
        """
        values = {":until": claimed.claimed_until, ":ended": 0}
        self._update(claimed.pair, "SET claimed_until = :ended", "claimed_until = :until", values, retrying)

    def read(self, pairs: Sequence[Pair], retrying: Retrying) -> Items:
        """Return the present items of devices and rules, those that are there; see `AlertState.of`.

        Raises:
            UnavailableError: AWS failed.
        """
        chunks = [pairs[start : start + MAXIMUM_READS] for start in range(0, len(pairs), MAXIMUM_READS)]
        found = in_parallel(lambda chunk: self._read_some(chunk, retrying), chunks)
        return {pair: item for items in found for pair, item in items.items()}

    def _read_some(self, pairs: Sequence[Pair], retrying: Retrying) -> Items:
        keys, items, attempts = [_table_key(pair) for pair in pairs], Items(), count()
        while keys:
            request: KeysAndAttributesTypeDef = {"Keys": keys, "ConsistentRead": True}
            answer = retrying.call(self.client.batch_get_item, RequestItems={self.table_name: request})
            for item in answer["Responses"].get(self.table_name, ()):
                items[_pair(item)] = item
            keys = list(answer.get("UnprocessedKeys", {}).get(self.table_name, {"Keys": ()})["Keys"])
            if keys and not retrying.pause(next(attempts)):
                raise UnavailableError("batch_get_item", "UnprocessedKeys")
        return items

    def _update(
        self, pair: Pair, update: str, condition: str, values: Mapping[str, object], retrying: Retrying
    ) -> Change:
        try:
            answer: Mapping[str, Any] = retrying.call(
                self.client.update_item,
                TableName=self.table_name,
                Key=_table_key(pair),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=to_item(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            refusal: Mapping[str, Any] = error.response
            return Change(is_done=False, state=AlertState.of(pair, refusal["Item"]))
        return Change(is_done=True, state=AlertState.of(pair, answer["Attributes"]))


def _table_key(pair: Pair) -> "dict[str, AttributeValueTypeDef]":
    device_id, rule_name = pair
    return to_item({"device_id": f"{KEY_PREFIX}{device_id}", "event_date": rule_name})


def _pair(item: Mapping[str, Any]) -> Pair:
    return item["device_id"]["S"].removeprefix(KEY_PREFIX), item["event_date"]["S"]
