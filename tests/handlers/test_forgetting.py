"""The state of a device that has been well for a day is forgotten, and nothing else is."""

from decimal import Decimal

import pytest

from handlers.domain.reading import Reading
from handlers.domain.rules import Observation
from handlers.errors import UnavailableError
from handlers.services import alerting as services_alerting
from tests.handlers.alert_scene import DENIED, RULES, Scene, meanwhile
from tests.handlers.fakes import FailingClient
from tests.handlers.world import World


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def after_a_day(scene: Scene, *readings: tuple[int, int]) -> None:
    for reading in readings:
        scene.follow(reading)
    scene.told()
    scene.clock.seconds += 86_400


def test_a_device_that_has_long_been_well_is_forgotten(scene: Scene) -> None:
    after_a_day(scene, (1, 90), (2, 20))
    scene.follow((3, 21))

    assert scene.states() == []
    scene.follow((1, 90))
    assert scene.told() == []
    scene.follow((4, 90))
    assert scene.told() == [("alert", 4)]


def test_a_batch_forgets_few_states_and_leaves_the_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(timestamp: int, value: int) -> int:
        """Follow two rules, and return how many states are known then."""
        reading, rule, is_alert = Reading(scene.device, timestamp, {}), RULES["temperature"], value > 85
        observed = [Observation(reading, name, rule, Decimal(value), is_alert=is_alert) for name in ("one", "two")]
        assert scene.alerting().follow(observed, scene.clock.retrying()) == {}
        return len(scene.states())

    monkeypatch.setattr(services_alerting, "FORGOTTEN_AT_ONCE", 1)
    assert [follow(1, 90), follow(2, 20)] == [2, 2]
    scene.clock.seconds += 86_400

    assert [follow(3, 20), follow(4, 20)] == [1, 0]


def test_an_alert_is_never_forgotten(scene: Scene) -> None:
    after_a_day(scene, (1, 90))
    scene.follow((2, 91))

    assert scene.state()["is_told"]


def test_an_end_that_nobody_was_told_is_not_forgotten(scene: Scene) -> None:
    scene.follow((1, 90))
    with pytest.raises(UnavailableError):
        scene.follow((2, 20), alerting=scene.alerting(sns=FailingClient(scene.world.sns, "publish", DENIED)))
    scene.told()
    scene.clock.seconds += 86_400

    scene.follow((3, 20))

    assert scene.told() == [("clear", 2)]


def test_what_is_decided_meanwhile_is_not_forgotten(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    after_a_day(scene, (1, 90), (2, 20))
    meanwhile("forget", lambda: scene.follow((4, 90)), monkeypatch)

    scene.follow((3, 21))

    assert scene.state()["is_told"]


def test_forgetting_can_wait(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    after_a_day(scene, (1, 90), (2, 20))

    scene.follow((3, 21), alerting=scene.alerting(FailingClient(scene.world.dynamodb, "delete_item", DENIED)))

    assert scene.state()["decided_at"] == 2
    assert "states that are over were not forgotten" in caplog.text
    scene.follow((3, 21))
    assert scene.states() == []
