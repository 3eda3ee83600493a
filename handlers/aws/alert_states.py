"""What is known about each device and rule, so that subscribers are told once of every change.

One item for each device and rule lies in the processed table, apart from every device's readings:

- `decided_at`, `decided_value`, `is_alert`: the latest reading, by event time, that decided about the rule. Readings
  may come in any order and any number; the item becomes the same.
- `is_told`: whether an alert is what subscribers were told last.
- `claimed_until`, `claimed_alert`, `claimed_at`, `claimed_value`: an invocation is telling them just now what that
  reading decided, and will have ended by then (epoch milliseconds).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from handlers.aws.attribute_values import from_item, to_item
from handlers.aws.retrying import Retrying
from handlers.domain.rules import Observation

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

KEY_PREFIX: Final = "#alert#"
"""Before the device's id, in which no `#` can stand: a device's own items are its readings and nothing else."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """The item of one device and rule; see the module."""

    device_id: str
    rule_name: str
    decided_at: int
    value: Decimal
    is_alert: bool
    is_told: bool
    claimed_until: int | None = None
    claimed_alert: bool | None = None
    claimed_at: int | None = None
    claimed_value: Decimal | None = None

    @property
    def untold(self) -> bool | None:
        """What subscribers have to be told, or nothing: first what an invocation claimed and perhaps never told."""
        if self.claimed_alert is not None:
            return self.claimed_alert
        return None if self.is_alert is self.is_told else self.is_alert

    @property
    def told_at(self) -> int:
        """When the reading was that decided what is claimed, epoch milliseconds; a later one may have decided since."""
        return self.decided_at if self.claimed_at is None else self.claimed_at

    @property
    def told_value(self) -> Decimal:
        """The value of that reading."""
        return self.value if self.claimed_value is None else self.claimed_value


@dataclass(frozen=True, slots=True)
class Change:
    """The state of an item after an attempt to change it."""

    is_done: bool
    state: AlertState


@dataclass(frozen=True)
class AlertStates:
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
            (observation.reading.device_id, observation.rule_name),
            "SET decided_at = :at, is_alert = :alert, decided_value = :value, is_told = if_not_exists(is_told, :never)",
            "attribute_not_exists(decided_at) OR decided_at < :at",
            values,
            retrying,
        ).state

    def claim(self, state: AlertState, until: int, retrying: Retrying) -> Change:
        """Claim the right to tell subscribers, given that nothing changed since `state` was read.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {":until": until, ":untold": state.untold}
        update = "SET claimed_until = :until, claimed_alert = :untold"
        if state.claimed_until is None:
            condition = "attribute_not_exists(claimed_until) AND is_alert = :untold AND is_told <> :untold"
            update += ", claimed_at = decided_at, claimed_value = decided_value"
        else:
            condition, values[":expired"] = "claimed_until = :expired", state.claimed_until
        return self._update((state.device_id, state.rule_name), update, condition, values, retrying)

    def told(self, claimed: AlertState, retrying: Retrying) -> AlertState:
        """Record that subscribers were told what was claimed.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {":told": claimed.claimed_alert, ":until": claimed.claimed_until}
        update = "SET is_told = :told REMOVE claimed_until, claimed_alert, claimed_at, claimed_value"
        key = (claimed.device_id, claimed.rule_name)
        return self._update(key, update, "claimed_until = :until", values, retrying).state

    def release(self, claimed: AlertState, retrying: Retrying) -> None:
        """Let others tell at once what was claimed: whether subscribers heard it is not known.

        Raises:
            UnavailableError: AWS failed; the claim ends in its time.
        """
        values = {":until": claimed.claimed_until, ":ended": 0}
        key = (claimed.device_id, claimed.rule_name)
        self._update(key, "SET claimed_until = :ended", "claimed_until = :until", values, retrying)

    def read(self, state: AlertState, retrying: Retrying) -> AlertState:
        """Return the item's present state.

        Raises:
            UnavailableError: AWS failed.
        """
        key = (state.device_id, state.rule_name)
        answer = retrying.call(
            self.client.get_item, TableName=self.table_name, Key=_table_key(key), ConsistentRead=True
        )
        return _state(key, answer["Item"])

    def _update(
        self, key: tuple[str, str], update: str, condition: str, values: Mapping[str, object], retrying: Retrying
    ) -> Change:
        try:
            answer: Mapping[str, Any] = retrying.call(
                self.client.update_item,
                TableName=self.table_name,
                Key=_table_key(key),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=to_item(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            refusal: Mapping[str, Any] = error.response
            return Change(is_done=False, state=_state(key, refusal["Item"]))
        return Change(is_done=True, state=_state(key, answer["Attributes"]))


def _table_key(key: tuple[str, str]) -> "dict[str, AttributeValueTypeDef]":
    device_id, rule_name = key
    return to_item({"device_id": f"{KEY_PREFIX}{device_id}", "event_date": rule_name})


def _state(key: tuple[str, str], attributes: Mapping[str, Any]) -> AlertState:
    item = from_item(attributes)
    claimed_until = item.get("claimed_until")
    return AlertState(
        *key,
        decided_at=int(item["decided_at"]),
        value=item["decided_value"],
        is_alert=item["is_alert"],
        is_told=item["is_told"],
        claimed_until=None if claimed_until is None else int(claimed_until),
        claimed_alert=item.get("claimed_alert"),
        claimed_at=None if "claimed_at" not in item else int(item["claimed_at"]),
        claimed_value=item.get("claimed_value"),
    )
