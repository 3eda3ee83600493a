"""Changes what is known about devices and rules, so that subscribers are told once of every change."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from handlers.aws.alert_state import AlertState, Pair, table_key
from handlers.aws.attribute_values import to_item
from handlers.aws.retrying import Retrying
from handlers.domain.rules import Observation

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
        """Record what a reading decides, unless a later one has decided already.

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
            " is_told = if_not_exists(is_told, :never)",
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
        values = {":told": claimed.claimed_alert, ":until": claimed.claimed_until, ":now": self.clock()}
        update = "SET is_told = :told, changed_at = :now REMOVE claimed_until, claimed_alert, claimed_at, claimed_value"
        return self._update(claimed.pair, update, "claimed_until = :until", values, retrying).state

    def release(self, claimed: AlertState, retrying: Retrying) -> None:
        """Let others tell at once what was claimed: whether subscribers heard it is not known.

        Raises:
            UnavailableError: AWS failed; the claim ends in its time.
        """
        values = {":until": claimed.claimed_until, ":ended": 0}
        self._update(claimed.pair, "SET claimed_until = :ended", "claimed_until = :until", values, retrying)

    def forget(self, state: AlertState, retrying: Retrying) -> None:
        """Delete the item of a state that is over, unless something was decided or told since it was read.

        Raises:
            UnavailableError: AWS failed.
        """
        with suppress(ClientError):  # the condition does not hold
            retrying.call(
                self.client.delete_item,
                TableName=self.table_name,
                Key=table_key(state.pair),
                ConditionExpression="changed_at = :changed",
                ExpressionAttributeValues=to_item({":changed": state.changed_at}),
            )

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
