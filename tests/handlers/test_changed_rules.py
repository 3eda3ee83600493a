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
from tests.handlers.alert_scene import Scene
from tests.handlers.world import CONFIG_PARAMETER, PROCESSED_TABLE, World

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
def scene(world: World) -> Scene:
    return Scene(world)


def observed(scene: Scene, timestamp: int, value: int, *, maximum: int) -> Observation:
    """What a reading decides under a rule that may be another than before."""
    rules = {"temperature": Rule(None, Decimal(maximum), Decimal(0))}
    (observation,) = plan(Reading(scene.device, timestamp, {"temp": Decimal(value)}), rules, 0).observations
    return observation


def follow(scene: Scene, timestamp: int, value: int, *, maximum: int) -> list[tuple[str, int]]:
    """Process a reading under a rule, and return what was published."""
    scene.write((timestamp, value))
    observation = observed(scene, timestamp, value, maximum=maximum)
    alerting = scene.alerting(dynamodb=Bounded(scene.world.dynamodb))
    assert alerting.evaluate([observation], scene.clock.retrying()) == {}
    return scene.notifications()


def test_the_reading_that_raised_an_alert_does_not_clear_it_under_another_rule(scene: Scene) -> None:
    assert follow(scene, 1, 90, maximum=85) == [("alert", 1)]

    assert follow(scene, 1, 90, maximum=95) == []
    assert scene.state()["is_alert"]
    assert follow(scene, 2, 90, maximum=95) == [("clear", 2)]


def test_the_reading_that_cleared_an_alert_does_not_raise_it_under_another_rule(scene: Scene) -> None:
    follow(scene, 1, 90, maximum=85)
    assert follow(scene, 2, 80, maximum=85) == [("clear", 2)]

    assert follow(scene, 2, 80, maximum=70) == []
    assert not scene.state()["is_alert"]
    assert follow(scene, 3, 80, maximum=70) == [("alert", 3)]


def test_a_state_keeps_what_a_reading_of_the_same_time_decided_first(scene: Scene) -> None:
    writer = AlertStateWriter(scene.world.dynamodb, PROCESSED_TABLE, scene.now)
    writer.decide(observed(scene, 1, 90, maximum=85), scene.clock.retrying())

    state = writer.decide(observed(scene, 1, 90, maximum=95), scene.clock.retrying())

    assert (state.is_alert, state.decided_at) == (True, 1)


def configure(world: World, maximum: int) -> None:
    """Change the rule, and let the minute end for which the old one is remembered."""
    text = json.dumps({"rules": {"temperature": {"max": maximum}}})
    world.ssm.put_parameter(Name=CONFIG_PARAMETER, Value=text, Type="String", Overwrite=True)
    processor._configuration.cache_clear()  # noqa: SLF001 - a new function has no memory


def test_stored_readings_are_marked_anew_and_published_once(world: World) -> None:
    configure(world, 85)
    world.post({"device_id": "d", "timestamp": TIMESTAMP, "sensor_data": {"temp": 90}})
    world.process(*world.queued())
    marks = [[item.get("broken_rules") for item in world.processed_items()]]

    for maximum in (95, 80):
        configure(world, maximum)
        assert world.reprocess({"device_id": "d"})[1]["processed"] == 1
        marks.append([item.get("broken_rules") for item in world.processed_items()])

    assert marks == [[["temperature"]], [None], [["temperature"]]]
    assert [each["state"] for each in world.notifications()] == ["alert"]
