"""A rule that changes over readings that stay: items are marked anew, and the next reading decides about alerts."""

import json
from decimal import Decimal
from typing import Any

import pytest

from handlers import processor
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.domain.reading import Reading
from handlers.domain.rules import Observation, Rule
from handlers.domain.transform import plan
from tests.handlers.moto_pipeline import CONFIG_PARAMETER, PROCESSED_TABLE, MotoPipeline
from tests.handlers.sensor_under_rule import SensorUnderRule

TIMESTAMP = 1_795_428_930_123


class Bounded:
    """DynamoDB, of which nobody may ask more than a few updates: whoever never ends is stopped."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._left = 10

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def update_item(self, **arguments: Any) -> Any:
        self._left -= 1
        assert self._left, "it never ends"
        return self._client.update_item(**arguments)


@pytest.fixture
def sensor(moto: MotoPipeline) -> SensorUnderRule:
    return SensorUnderRule(moto)


def observed(sensor: SensorUnderRule, timestamp: int, value: int, *, maximum: int) -> Observation:
    """What a reading decides under a rule that may be another than before."""
    rules = {"temperature": Rule(None, Decimal(maximum), Decimal(0))}
    (observation,) = plan(Reading(sensor.device, timestamp, {"temp": Decimal(value)}), rules, 0).observations
    return observation


def follow(sensor: SensorUnderRule, timestamp: int, value: int, *, maximum: int) -> list[tuple[str, int]]:
    """Process a reading under a rule, and return what was published."""
    sensor.write((timestamp, value))
    observation = observed(sensor, timestamp, value, maximum=maximum)
    alerting = sensor.alerting(dynamodb=Bounded(sensor.moto.dynamodb))
    assert alerting.evaluate([observation], sensor.clock.retrying()) == {}
    return sensor.notifications()


def test_the_reading_that_raised_an_alert_does_not_clear_it_under_another_rule(sensor: SensorUnderRule) -> None:
    assert follow(sensor, 1, 90, maximum=85) == [("alert", 1)]

    assert follow(sensor, 1, 90, maximum=95) == []
    assert sensor.state()["is_alert"]
    assert follow(sensor, 2, 90, maximum=95) == [("clear", 2)]


def test_the_reading_that_cleared_an_alert_does_not_raise_it_under_another_rule(sensor: SensorUnderRule) -> None:
    follow(sensor, 1, 90, maximum=85)
    assert follow(sensor, 2, 80, maximum=85) == [("clear", 2)]

    assert follow(sensor, 2, 80, maximum=70) == []
    assert not sensor.state()["is_alert"]
    assert follow(sensor, 3, 80, maximum=70) == [("alert", 3)]


def test_a_state_keeps_what_a_reading_of_the_same_time_decided_first(sensor: SensorUnderRule) -> None:
    writer = AlertStateWriter(sensor.moto.dynamodb, PROCESSED_TABLE, sensor.now)
    writer.decide(observed(sensor, 1, 90, maximum=85), sensor.clock.retrying())

    state = writer.decide(observed(sensor, 1, 90, maximum=95), sensor.clock.retrying())

    assert (state.is_alert, state.decided_at) == (True, 1)


def configure(moto: MotoPipeline, maximum: int) -> None:
    """Change the rule, and let the minute end for which the old one is remembered."""
    text = json.dumps({"rules": {"temperature": {"max": maximum}}})
    moto.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
    processor._configuration.cache_clear()  # noqa: SLF001 - a new function has no memory


def test_stored_readings_are_marked_anew_and_published_once(moto: MotoPipeline) -> None:
    configure(moto, 85)
    moto.post({"device_id": "d", "timestamp": TIMESTAMP, "sensor_data": {"temp": 90}})
    moto.process(*moto.queued())
    marks = [[item.get("broken_rules") for item in moto.processed_items()]]

    for maximum in (95, 80):
        configure(moto, maximum)
        assert moto.reprocess({"device_id": "d"})[1]["processed"] == 1
        marks.append([item.get("broken_rules") for item in moto.processed_items()])

    assert marks == [[["temperature"]], [None], [["temperature"]]]
    assert [each["state"] for each in moto.notifications()] == ["alert"]
