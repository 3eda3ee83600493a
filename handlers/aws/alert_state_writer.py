"""Changes alert states, so that subscribers are notified once of every change."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from handlers.aws.alert_state import LIFETIME_DAYS, AlertState, Pair, table_key
from handlers.aws.attribute_values import to_item
from handlers.aws.retrying import Retrying
from handlers.contract import TTL_ATTRIBUTE
from handlers.domain.rules import Observation
from handlers.domain.timestamps import expiry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class Change(msgspec.Struct, frozen=True):
    """The state of an item after an attempt to change it."""

    is_done: bool
    state: AlertState


class AlertStateWriter(msgspec.Struct, frozen=True):
    """Changes items under conditions, so that concurrent invocations agree.

    Attributes:
        client: DynamoDB.
        table_name: the processed table.
        clock: epoch milliseconds now.
    """

    client: "DynamoDBClient"
    table_name: str
    clock: Callable[[], int]

    def decide(self, observation: Observation, retrying: Retrying) -> AlertState:
        """Record what a reading decides, unless a later one has already decided.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {
            ":at": observation.reading.timestamp,
            ":alert": observation.is_alert,
            ":value": observation.value,
            ":never": False,
            ":now": self.clock(),
        }
        return self._update(
            observation.pair,
            "SET decided_at = :at, is_alert = :alert, decided_value = :value, changed_at = :now,"
            f" is_told = if_not_exists(is_told, :never) REMOVE {TTL_ATTRIBUTE}",
            "attribute_not_exists(decided_at) OR decided_at < :at",
            values,
            retrying,
        ).state

    def claim(self, state: AlertState, until: int, retrying: Retrying) -> Change:
        """Claim the right to publish a notification, unless the state has changed since `state` was read.

        Raises:
            UnavailableError: AWS failed.
        """
        values = {":until": until, ":pending": state.pending}
        update = "SET claimed_until = :until, claimed_alert = :pending"
        if state.claimed_until is None:
            condition = "attribute_not_exists(claimed_until) AND decided_at = :decided AND is_told <> :pending"
            values[":decided"] = state.decided_at
            update += ", claimed_at = decided_at, claimed_value = decided_value"
        else:
            condition = "claimed_until = :expired AND claimed_alert = :pending"
            values[":expired"] = state.claimed_until
        return self._update(state.pair, f"{update} REMOVE {TTL_ATTRIBUTE}", condition, values, retrying)

    def record_notified(self, claimed: AlertState, retrying: Retrying) -> AlertState:
        """Record that subscribers were notified of what was claimed; after a clear, the state may expire.

        An alert that another invocation decides before this call is pending then. Its state may expire, too: whoever
        processes the alert's reading again, or a later one, decides it anew.

        Raises:
            UnavailableError: AWS failed.
        """
        now = self.clock()
        values = {":notified": claimed.claimed_alert, ":until": claimed.claimed_until, ":now": now}
        update = "SET is_told = :notified, changed_at = :now"
        if not claimed.claimed_alert:
            update += f", {TTL_ATTRIBUTE} = :expiry"
            values[":expiry"] = expiry(now, LIFETIME_DAYS)[TTL_ATTRIBUTE]
        update += " REMOVE claimed_until, claimed_alert, claimed_at, claimed_value"
        return self._update(claimed.pair, update, "claimed_until = :until", values, retrying).state

    def release(self, claimed: AlertState, retrying: Retrying) -> None:
        """End a claim early: whether the notification was published is not known, and others may publish it.

        Raises:
            UnavailableError: AWS failed; the claim ends at its own time.
        """
        values = {":until": claimed.claimed_until, ":ended": 0}
        self._update(claimed.pair, "SET claimed_until = :ended", "claimed_until = :until", values, retrying)

    def _update(
        self, pair: Pair, update: str, condition: str, values: Mapping[str, object], retrying: Retrying
    ) -> Change:
        try:
            answer: Mapping[str, Any] = retrying.call(
                self.client.update_item,
                TableName=self.table_name,
                Key=table_key(pair),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=to_item(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            refusal: Mapping[str, Any] = error.response
            return Change(is_done=False, state=AlertState.of(pair, refusal.get("Item")))
        return Change(is_done=True, state=AlertState.of(pair, answer["Attributes"]))
