"""What is known about one device and one rule: an item of the processed table, apart from every device's readings.

A device that was never anything but well needs none. The items of all devices lie together in a few partitions, so that
the states of a whole batch can be read by a few queries (`alert_state_reader`).
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
"""Not to be changed where there are states: they would not be found again. Reading all takes a read unit for each of
them at least; each takes 1,000 writes a second, of which telling a change needs three, until DynamoDB splits it
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)."""
FORGOTTEN_AFTER_MILLISECONDS: Final = 86_400_000
"""A day: no invocation that knew the state before its last change still runs. What is delivered again after that may be
told again; the longer, the more states a query reads."""

Pair = tuple[str, str]
"""A device's id and a rule's name."""


class AlertState(msgspec.Struct, frozen=True):
    """The item of one device and rule. Where there is none, that of a device that was always well.

    Attributes:
        device_id: the device.
        rule_name: the rule.
        is_alert: what the latest reading, by event time, that decides about the rule says. Readings may come in any
            order and any number; it becomes the same.
        decided_at: the event time of the reading by which that was recorded, at which it became so or a later one.
            Readings that say the same again are not recorded: only the processed readings tell which is the latest. It
            never decreases while the item is there.
        value: of that reading.
        is_told: whether an alert is what subscribers were told last.
        changed_at: when it was decided or told last, epoch milliseconds.
        claimed_until: an invocation is telling subscribers just now, and will have ended by then, epoch milliseconds.
        claimed_alert: what it tells.
        claimed_at: the event time of the reading that decided it.
        claimed_value: of that reading.
    """

    device_id: str
    rule_name: str
    decided_at: int = -1
    value: Decimal = Decimal(0)
    is_alert: bool = False
    is_told: bool = False
    changed_at: int | None = None
    claimed_until: int | None = None
    claimed_alert: bool | None = None
    claimed_at: int | None = None
    claimed_value: Decimal | None = None

    @classmethod
    def of(cls, pair: Pair, attributes: Mapping[str, Any] | None) -> "AlertState":
        """Read an item, which may be absent.

        Raises:
            Exception: of any kind; it is none that the pipeline wrote.
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
            changed_at=int(item["changed_at"]),
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

    def is_over(self, now: int) -> bool:
        """Tell whether it has said for long, at an epoch millisecond, what no item says, too."""
        is_old = self.changed_at is not None and self.changed_at <= now - FORGOTTEN_AFTER_MILLISECONDS
        return is_old and not self.is_alert and self.untold is None

    @property
    def told_at(self) -> int:
        """When the reading was that decided what is claimed, epoch milliseconds; a later one may have decided since."""
        return self.decided_at if self.claimed_at is None else self.claimed_at

    @property
    def told_value(self) -> Decimal:
        """The value of that reading."""
        return self.value if self.claimed_value is None else self.claimed_value


def partition(device_id: str) -> str:
    """Return the partition in which a device's items lie, their hash key."""
    return f"{ALERT_STATES_PREFIX}{crc32(device_id.encode()) % PARTITIONS}"


def table_key(pair: Pair) -> "dict[str, AttributeValueTypeDef]":
    """Return the key of an item."""
    return to_item({"device_id": partition(pair[0]), "event_date": "#".join(pair)})


def pair_of(item: Mapping[str, Any]) -> Pair:
    """Return whose an item is; of one that the pipeline did not write, nobody's."""
    device_id, _, rule_name = item["event_date"]["S"].partition("#")
    return device_id, rule_name
