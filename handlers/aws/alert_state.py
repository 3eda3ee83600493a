"""The alert state of one device and one rule: an item of the processed table, apart from the devices' readings.

A device that never broke the rule has no item. The items of all devices are stored in a few partitions, so that a few
queries read the states of a whole batch (`alert_state_reader`).

A state expires a day after subscribers were notified that the device is normal: it says no more than its absence, and
costs read units. DynamoDB's time to live deletes it, which costs nothing and takes up to a few days more. Until then
the state is read like any other; the next alert removes its time of expiry. (A state that is normal again before its
alert was published, because of a crash or a coincidence, has no time of expiry until the next alert has cleared.)
Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import msgspec

from handlers.aws.attribute_values import from_item, to_item
from handlers.contract import ALERT_STATES_PREFIX
from handlers.domain.rules import Observation

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

PARTITIONS: Final = 8
"""Do not change it where states are stored: they would not be found again. Reading all partitions takes at least one
read unit for each. Each partition takes 1,000 writes a second, until DynamoDB splits it; a notification needs three
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)."""
LIFETIME_DAYS: Final = 1
"""Of a state after its alert was cleared: no invocation that read the state before its last change still runs. An older
alert that is redelivered later may be published again; the longer the lifetime, the more states a query reads."""

Pair = tuple[str, str]
"""A device's id and a rule's name."""


class AlertState(msgspec.Struct, frozen=True):
    """The item of one device and rule; without an item, the state of a device that never broke the rule.

    Attributes:
        device_id: the device.
        rule_name: the rule.
        is_alert: whether the latest reading, by event time, that decides about the rule breaks it. The result does not
            depend on the order and the number in which readings are delivered.
        decided_at: the event time of the reading by which that was recorded: the first one that decided so, or a later
            one. Readings that decide the same again are not recorded: only the processed readings show which is the
            latest. It never decreases while the item exists.
        value: of that reading.
        is_notified: whether subscribers were last notified of an alert.
        claimed_until: an invocation is publishing a notification, and will have ended by then, epoch milliseconds.
        claimed_alert: whether it publishes an alert or a clear.
        claimed_at: the event time of the reading that decided it.
        claimed_value: of that reading.
    """

    device_id: str
    rule_name: str
    decided_at: int = -1
    value: Decimal = Decimal(0)
    is_alert: bool = False
    is_notified: bool = False
    claimed_until: int | None = None
    claimed_alert: bool | None = None
    claimed_at: int | None = None
    claimed_value: Decimal | None = None

    @classmethod
    def of(cls, pair: Pair, attributes: Mapping[str, Any] | None) -> "AlertState":
        """Read an item, which may be absent.

        Raises:
            Exception: of any kind; the item is not one that the pipeline wrote.
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
            is_notified=item["is_told"],
            claimed_until=None if claimed_until is None else int(claimed_until),
            claimed_alert=item.get("claimed_alert"),
            claimed_at=None if "claimed_at" not in item else int(item["claimed_at"]),
            claimed_value=item.get("claimed_value"),
        )

    @property
    def pair(self) -> Pair:
        """The device and the rule."""
        return self.device_id, self.rule_name

    def agrees_with(self, observation: Observation) -> bool:
        """Return whether it may stay: it says the same as the observation, or was decided by a reading not older."""
        return self.is_alert is observation.is_alert or self.decided_at >= observation.reading.timestamp

    @property
    def pending(self) -> bool | None:
        """The notification that is due: an alert (True), a clear (False), or None.

        What an invocation claimed comes first: it may have died before it published.
        """
        if self.claimed_alert is not None:
            return self.claimed_alert
        return None if self.is_alert is self.is_notified else self.is_alert

    def is_claimed(self, now: int) -> bool:
        """Return whether an invocation is publishing a notification at an epoch millisecond."""
        return self.claimed_until is not None and self.claimed_until >= now

    @property
    def notification_time(self) -> int:
        """The event time of the reading behind what is claimed; a later reading may have decided since."""
        return self.decided_at if self.claimed_at is None else self.claimed_at

    @property
    def notification_value(self) -> Decimal:
        """The value of that reading."""
        return self.value if self.claimed_value is None else self.claimed_value


def partition(device_id: str) -> str:
    """Return the hash key of a device's items."""
    return f"{ALERT_STATES_PREFIX}{crc32(device_id.encode()) % PARTITIONS}"


def table_key(pair: Pair) -> "dict[str, AttributeValueTypeDef]":
    """Return the key of an item."""
    return to_item({"device_id": partition(pair[0]), "event_date": "#".join(pair)})


def pair_of(item: Mapping[str, Any]) -> Pair:
    """Return the device and rule of an item; of an item that the pipeline did not write, a pair that does not exist."""
    device_id, _, rule_name = item["event_date"]["S"].partition("#")
    return device_id, rule_name
