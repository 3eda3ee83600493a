"""The state of a device that has been normal for a day expires, and no other state does."""

from typing import Any

import pytest

from handlers.aws.alert_state import LIFETIME_DAYS, table_key
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.attribute_values import to_item
from handlers.errors import UnavailableError
from tests.handlers.alert_scene import DENIED, Scene, meanwhile
from tests.handlers.fakes import FailingClient
from tests.handlers.world import PROCESSED_TABLE, World


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def after_expiry(scene: Scene, *readings: tuple[int, int]) -> None:
    """Process readings one by one, and let more time pass than the lifetime of a state."""
    for reading in readings:
        scene.follow(reading)
    scene.notifications()
    scene.clock.seconds += LIFETIME_DAYS * 86_400 + 1


def test_a_state_expires_a_day_after_its_alert_was_cleared(scene: Scene) -> None:
    scene.follow((1, 90))
    assert "expires_at" not in scene.state()

    scene.follow((2, 20))
    assert scene.state()["expires_at"] == scene.now() // 1000 + 86_400


def test_after_a_state_was_deleted_processed_readings_decide_what_is_late(scene: Scene) -> None:
    after_expiry(scene, (1, 90), (2, 20))
    scene.expire()
    assert scene.states() == []

    scene.follow((1, 90))
    assert scene.notifications() == []
    scene.follow((4, 90))
    assert scene.notifications() == [("alert", 4)]


def test_a_state_in_alert_does_not_expire(scene: Scene) -> None:
    after_expiry(scene, (1, 90))
    scene.expire()

    scene.follow((2, 91))

    assert scene.state()["is_told"]
    assert scene.notifications() == []


def test_a_pending_clear_does_not_expire(scene: Scene) -> None:
    scene.follow((1, 90))
    with pytest.raises(UnavailableError):
        scene.follow((2, 20), alerting=scene.alerting(sns=FailingClient(scene.world.sns, "publish", DENIED)))
    after_expiry(scene)
    scene.expire()

    scene.follow((3, 20))

    assert scene.notifications() == [("clear", 2)]


def test_an_expired_state_that_is_not_deleted_yet_raises_the_next_alert_and_stays(scene: Scene) -> None:
    after_expiry(scene, (1, 90), (2, 20))

    scene.follow((3, 90))
    scene.expire()

    assert scene.notifications() == [("alert", 3)]
    assert scene.state()["is_told"]
    assert "expires_at" not in scene.state()


@pytest.mark.parametrize("place", ["decide", "claim", "record_notified"])
def test_an_alert_is_published_once_whenever_the_expired_state_is_deleted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    after_expiry(scene, (1, 90), (2, 20))
    meanwhile(place, scene.expire, monkeypatch)

    scene.follow((3, 90))

    assert scene.notifications() == [("alert", 3)]
    assert scene.state()["is_told"]


def test_an_alert_that_is_decided_while_a_clear_is_published_does_not_expire_unpublished(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another invocation decides it and dies: its message is delivered again, however late."""
    scene.follow((1, 90))
    with monkeypatch.context() as patched:
        meanwhile("record_notified", lambda: _decide_and_die(scene, patched), patched)
        with pytest.raises(KeyboardInterrupt):
            scene.follow((2, 20))
    assert {"is_alert": True, "is_told": False}.items() <= scene.state().items()
    after_expiry(scene)
    scene.expire()

    scene.follow((3, 90))

    assert [state for state, _ in scene.notifications()] == ["alert"]
    assert scene.state()["is_told"]
    assert "expires_at" not in scene.state()


def _decide_and_die(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    (observation,) = scene.write((3, 90))
    AlertStateWriter(scene.world.dynamodb, PROCESSED_TABLE, scene.now).decide(observation, scene.clock.retrying())
    monkeypatch.setattr(AlertStateWriter, "claim", _die)


def _die(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("expected", [((4, 90), [("alert", 4)]), ((4, 20), [])])
def test_a_state_of_the_version_before_is_read(
    scene: Scene, expected: tuple[tuple[int, int], list[tuple[str, int]]]
) -> None:
    """It has no time of expiry, and stays until its next alert was cleared."""
    state = {"decided_at": 3, "decided_value": 20, "is_alert": False, "is_told": False, "changed_at": 0}
    key = table_key((scene.device, "temperature"))
    scene.world.dynamodb.put_item(TableName=PROCESSED_TABLE, Item={**key, **to_item(state)})

    reading, published = expected
    scene.follow((2, 90))
    scene.follow(reading)

    assert scene.notifications() == published
    assert scene.state()["decided_at"] == (4 if published else 3)
