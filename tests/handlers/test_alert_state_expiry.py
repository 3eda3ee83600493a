"""The state of a device that has been normal for a day expires, and no other state does."""

from typing import Any

import pytest

from handlers.aws.alert_state import LIFETIME_DAYS, table_key
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.attribute_values import to_item
from handlers.errors import UnavailableError
from tests.handlers.fakes import FailingClient
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline
from tests.handlers.sensor_under_rule import DENIED, SensorUnderRule, meanwhile


@pytest.fixture
def sensor(moto: MotoPipeline) -> SensorUnderRule:
    return SensorUnderRule(moto)


def after_expiry(sensor: SensorUnderRule, *readings: tuple[int, int]) -> None:
    """Process readings one by one, and let more time pass than the lifetime of a state."""
    for reading in readings:
        sensor.process(reading)
    sensor.notifications()
    sensor.clock.seconds += LIFETIME_DAYS * 86_400 + 1


def test_a_state_expires_a_day_after_its_alert_was_cleared(sensor: SensorUnderRule) -> None:
    sensor.process((1, 90))
    assert "expires_at" not in sensor.state()

    sensor.process((2, 20))
    assert sensor.state()["expires_at"] == sensor.now() // 1000 + 86_400


def test_after_a_state_was_deleted_processed_readings_decide_what_is_late(sensor: SensorUnderRule) -> None:
    after_expiry(sensor, (1, 90), (2, 20))
    sensor.expire()
    assert sensor.states() == []

    sensor.process((1, 90))
    assert sensor.notifications() == []
    sensor.process((4, 90))
    assert sensor.notifications() == [("alert", 4)]


def test_a_state_in_alert_does_not_expire(sensor: SensorUnderRule) -> None:
    after_expiry(sensor, (1, 90))
    sensor.expire()

    sensor.process((2, 91))

    assert sensor.state()["is_told"]
    assert sensor.notifications() == []


def test_a_pending_clear_does_not_expire(sensor: SensorUnderRule) -> None:
    sensor.process((1, 90))
    with pytest.raises(UnavailableError):
        sensor.process((2, 20), alerting=sensor.alerting(sns=FailingClient(sensor.moto.sns, "publish", DENIED)))
    after_expiry(sensor)
    sensor.expire()

    sensor.process((3, 20))

    assert sensor.notifications() == [("clear", 2)]


def test_an_expired_state_that_is_not_deleted_yet_raises_the_next_alert_and_stays(sensor: SensorUnderRule) -> None:
    after_expiry(sensor, (1, 90), (2, 20))

    sensor.process((3, 90))
    sensor.expire()

    assert sensor.notifications() == [("alert", 3)]
    assert sensor.state()["is_told"]
    assert "expires_at" not in sensor.state()


@pytest.mark.parametrize("place", ["decide", "claim", "record_notified"])
def test_an_alert_is_published_once_whenever_the_expired_state_is_deleted(
    sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    after_expiry(sensor, (1, 90), (2, 20))
    meanwhile(place, sensor.expire, monkeypatch)

    sensor.process((3, 90))

    assert sensor.notifications() == [("alert", 3)]
    assert sensor.state()["is_told"]


def test_an_alert_that_is_decided_while_a_clear_is_published_does_not_expire_unpublished(
    sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another invocation decides it and dies: its message is delivered again, however late."""
    sensor.process((1, 90))
    with monkeypatch.context() as patched:
        meanwhile("record_notified", lambda: _decide_and_die(sensor, patched), patched)
        with pytest.raises(KeyboardInterrupt):
            sensor.process((2, 20))
    assert {"is_alert": True, "is_told": False}.items() <= sensor.state().items()
    after_expiry(sensor)
    sensor.expire()

    sensor.process((3, 90))

    assert [state for state, _ in sensor.notifications()] == ["alert"]
    assert sensor.state()["is_told"]
    assert "expires_at" not in sensor.state()


def _decide_and_die(sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch) -> None:
    (observation,) = sensor.write((3, 90))
    AlertStateWriter(sensor.moto.dynamodb, PROCESSED_TABLE, sensor.now).decide(observation, sensor.clock.retrying())
    monkeypatch.setattr(AlertStateWriter, "claim", _die)


def _die(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("expected", [((4, 90), [("alert", 4)]), ((4, 20), [])])
def test_a_state_of_the_version_before_is_read(
    sensor: SensorUnderRule, expected: tuple[tuple[int, int], list[tuple[str, int]]]
) -> None:
    """It has no time of expiry, and stays until its next alert was cleared."""
    state = {"decided_at": 3, "decided_value": 20, "is_alert": False, "is_told": False, "changed_at": 0}
    key = table_key((sensor.device, "temperature"))
    sensor.moto.dynamodb.put_item(TableName=PROCESSED_TABLE, Item={**key, **to_item(state)})

    reading, published = expected
    sensor.process((2, 90))
    sensor.process(reading)

    assert sensor.notifications() == published
    assert sensor.state()["decided_at"] == (4 if published else 3)
