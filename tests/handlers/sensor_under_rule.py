"""One sensor under one rule, processed step by step."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.processed_table import ProcessedTable
from handlers.aws.range_reader import RangeReader
from handlers.domain.reading import Reading
from handlers.domain.rules import Observation, Rule
from handlers.domain.transform import Plan, plan
from handlers.services.alerting import Alerting
from tests.handlers.fakes import Clock, client_error
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline, new_device

DENIED = client_error("AccessDeniedException")
RULES = {"temperature": Rule(minimum=None, maximum=Decimal(85), hysteresis=Decimal(5))}


def consistent_reader(dynamodb: Any, page_size: int = 100) -> RangeReader:
    """Return a reader of processed readings as the processor has it."""
    return RangeReader(dynamodb, PROCESSED_TABLE, "event_date", is_consistent=True, page_size=page_size)


class SensorUnderRule:
    """A sensor under a rule: its readings are written and evaluated, its notifications received."""

    def __init__(self, moto: MotoPipeline) -> None:
        self.moto = moto
        self.device = new_device()
        self.clock = Clock(seconds=1_000_000.0)
        self.published = 0

    def alerting(self, dynamodb: Any = None, sns: Any = None, page_size: int = 100) -> Alerting:
        return Alerting(
            AlertStateWriter(dynamodb or self.moto.dynamodb, PROCESSED_TABLE, self.now),
            AlertStateReader(dynamodb or self.moto.dynamodb, PROCESSED_TABLE, self.clock),
            consistent_reader(dynamodb or self.moto.dynamodb, page_size),
            AlertTopic(sns or self.moto.sns, self.moto.topic_arn),
            self.now,
            self.count,
        )

    def now(self) -> int:
        return int(self.clock.seconds * 1000)

    def count(self) -> None:
        self.published += 1

    def planned(self, timestamp: int, value: int) -> Plan:
        return plan(Reading(self.device, timestamp, {"temp": Decimal(value)}), RULES, processed_at=0)

    def write(self, *readings: tuple[int, int]) -> list[Observation]:
        """Write the items of readings, each a time and a value, without evaluating the rule."""
        plans = [self.planned(timestamp, value) for timestamp, value in readings]
        items = [plan.item for plan in plans]
        ProcessedTable(self.moto.dynamodb, PROCESSED_TABLE).put(items, 0, self.clock.retrying())
        return [observation for plan in plans for observation in plan.observations]

    def process(self, *readings: tuple[int, int], alerting: Alerting | None = None, seconds: float = 20) -> None:
        """Write and evaluate readings.

        Raises:
            Exception: whatever kept the rule from being evaluated.
        """
        failures = (alerting or self.alerting()).evaluate(self.write(*readings), self.clock.retrying(seconds))
        for error in failures.values():
            raise error

    def notifications(self) -> list[tuple[str, int]]:
        """Return the notifications since the last time: the state, and the reading's time."""
        return [
            (each["state"], each["timestamp"]) for each in self.moto.notifications() if each["device_id"] == self.device
        ]

    def expire(self) -> None:
        """Delete expired items, as DynamoDB does some time after they expired."""
        self.moto.delete_expired(self.device, self.now())

    def states(self) -> list[dict[str, Any]]:
        return self.moto.alert_states(self.device)

    def state(self) -> dict[str, Any]:
        (item,) = self.states()
        return item


def meanwhile(place: str, event: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let something happen once, just before a method of `AlertStateWriter`."""
    original = getattr(AlertStateWriter, place)
    happened: list[bool] = []

    def changed(*arguments: Any) -> object:
        if not happened:
            happened.append(True)
            event()
        return original(*arguments)

    monkeypatch.setattr(AlertStateWriter, place, changed)
