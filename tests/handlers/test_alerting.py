"""Alerts: published once when a rule is broken, and once when the device is normal again, whatever fails."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.aws.alert_state import partition
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.domain.reading import Reading
from handlers.domain.rules import Observation
from handlers.errors import UnavailableError
from tests.handlers.fakes import FailingClient, LostAnswerClient, client_error
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline
from tests.handlers.sensor_under_rule import DENIED, RULES, SensorUnderRule, meanwhile


@pytest.fixture
def sensor(moto: MotoPipeline) -> SensorUnderRule:
    return SensorUnderRule(moto)


def test_a_normal_device_publishes_nothing(sensor: SensorUnderRule) -> None:
    sensor.process((1, 20), (2, 21))

    assert sensor.notifications() == []
    assert sensor.states() == []


def test_the_attributes_of_a_state(sensor: SensorUnderRule) -> None:
    sensor.process((1, 90))
    sensor.process((2, 20))
    sensor.process((3, 21))

    assert sensor.state() == {
        "device_id": partition(sensor.device),
        "event_date": f"{sensor.device}#temperature",
        "decided_at": 2,
        "decided_value": 20,
        "is_alert": False,
        "is_told": False,
        "changed_at": sensor.now(),
        "expires_at": sensor.now() // 1000 + 86_400,
    }


def test_an_alert_is_published_once_until_it_clears(sensor: SensorUnderRule) -> None:
    sensor.process((1, 90))
    sensor.process((2, 91))
    sensor.process((3, 92), (4, 93))
    assert sensor.notifications() == [("alert", 1)]

    sensor.process((5, 20))
    sensor.process((6, 20))
    assert sensor.notifications() == [("clear", 5)]
    assert sensor.published == 2


def test_the_content_of_a_notification(sensor: SensorUnderRule) -> None:
    sensor.process((1_795_428_930_123, 90))

    assert sensor.moto.notifications() == [
        {
            "device_id": sensor.device,
            "rule": "temperature",
            "state": "alert",
            "value": 90,
            "timestamp": 1_795_428_930_123,
            "event_date": "2026-11-23T10:15:30.123Z",
        }
    ]


def test_transitions_within_a_batch_are_published(sensor: SensorUnderRule) -> None:
    sensor.process((3, 20), (1, 20), (2, 90))

    assert sensor.notifications() == [("alert", 2), ("clear", 3)]


def test_a_late_reading_changes_nothing(sensor: SensorUnderRule) -> None:
    sensor.process((10, 20))
    sensor.process((5, 90))
    assert sensor.notifications() == []

    sensor.process((20, 90))
    sensor.process((15, 20))
    assert sensor.notifications() == [("alert", 20)]
    assert sensor.state()["is_alert"]


def test_an_old_alert_is_late_where_no_state_is_known(sensor: SensorUnderRule) -> None:
    sensor.process((10, 20))
    sensor.process((5, 90))

    assert sensor.notifications() == []
    assert sensor.states() == []


def test_readings_that_decide_nothing_make_no_other_late(sensor: SensorUnderRule) -> None:
    sensor.write((10, 84), (11, 84), (12, 84), (13, 84), (14, 84))

    sensor.process((5, 90), alerting=sensor.alerting(page_size=2))

    assert sensor.notifications() == [("alert", 5)]


def test_what_decides_is_found_behind_readings_that_do_not(sensor: SensorUnderRule) -> None:
    sensor.write((10, 20), (11, 84), (12, 84), (13, 84), (14, 84))

    sensor.process((5, 90), (6, 20), (7, 90), alerting=sensor.alerting(page_size=2))

    assert sensor.notifications() == []


def test_a_late_reading_publishes_the_decision_of_a_newer_one(sensor: SensorUnderRule) -> None:
    sensor.write((10, 90))

    sensor.process((5, 90), (6, 20), (7, 90))

    assert sensor.notifications() == [("alert", 10)]


def test_a_newer_item_that_is_damaged_is_its_devices_trouble(sensor: SensorUnderRule) -> None:
    sensor.moto.dynamodb.put_item(
        TableName=PROCESSED_TABLE,
        Item={"device_id": {"S": sensor.device}, "event_date": {"S": "2026"}},
    )

    with pytest.raises(KeyError):
        sensor.process((5, 90))


def test_rules_are_followed_apart(sensor: SensorUnderRule) -> None:
    reading, rule = Reading(sensor.device, 1, {}), RULES["temperature"]
    observed = [Observation(reading, name, rule, Decimal(90), is_alert=True) for name in ("humidity", "temperature")]

    assert sensor.alerting().evaluate(observed, sensor.clock.retrying()) == {}

    assert sorted(each["rule"] for each in sensor.moto.notifications()) == ["humidity", "temperature"]


def test_a_failed_publication_is_repeated_by_the_retry(sensor: SensorUnderRule) -> None:
    failing = FailingClient(sensor.moto.sns, "publish", DENIED)

    with pytest.raises(UnavailableError):
        sensor.process((1, 90), alerting=sensor.alerting(sns=failing))
    assert sensor.notifications() == []

    sensor.process((1, 90))
    assert sensor.notifications() == [("alert", 1)]


def test_a_publication_without_time_is_repeated_when_the_claim_ends(sensor: SensorUnderRule) -> None:
    class Slow:
        def publish(self, **_: object) -> None:
            sensor.clock.seconds += 19
            raise client_error("ThrottlingException")

    with pytest.raises(UnavailableError):
        sensor.process((1, 90), alerting=sensor.alerting(sns=Slow()))
    assert "claimed_until" in sensor.state()
    sensor.clock.seconds += 60

    sensor.process((1, 90))
    assert sensor.notifications() == [("alert", 1)]


def crash(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["publish", "record_notified"])
def test_after_a_crash_in_between_another_invocation_publishes(
    sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    alerting = sensor.alerting()
    with monkeypatch.context() as patched:
        patched.setattr(AlertTopic if place == "publish" else AlertStateWriter, place, crash)
        with pytest.raises(KeyboardInterrupt):
            sensor.process((1, 90), alerting=alerting)
    before = sensor.notifications()

    with pytest.raises(UnavailableError, match="claimed"):
        sensor.process((1, 90))  # the claim has not ended
    sensor.clock.seconds += 60
    sensor.process((2, 20))

    assert before == ([] if place == "publish" else [("alert", 1)])
    assert sensor.notifications() == [("alert", 1), ("clear", 2)]
    assert not sensor.state()["is_told"]
    assert "claimed_until" not in sensor.state()


def test_a_notification_has_the_value_that_raised_it(sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(AlertTopic, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            sensor.process((1, 90))
    sensor.clock.seconds += 60

    sensor.process((2, 20))

    notified = [(each["state"], each["value"], each["timestamp"]) for each in sensor.moto.notifications()]
    assert notified == [("alert", 90, 1), ("clear", 20, 2)]


@pytest.mark.parametrize("place", ["claim", "record_notified"])
def test_two_invocations_publish_once(sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def other() -> None:
        try:
            sensor.process((2, 91))
        except UnavailableError:
            assert place == "record_notified"  # the first one has a claim: the second one's message is redelivered

    meanwhile(place, other, monkeypatch)
    sensor.process((1, 90))
    sensor.process((2, 91))

    assert len(sensor.notifications()) == 1
    assert sensor.state()["is_told"]


def test_a_clear_while_the_alert_is_published_is_published_too(
    sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile("record_notified", lambda: _ignore_claim(sensor), monkeypatch)

    sensor.process((1, 90))

    assert sensor.notifications() == [("alert", 1), ("clear", 2)]


def _ignore_claim(sensor: SensorUnderRule) -> None:
    with pytest.raises(UnavailableError):
        sensor.process((2, 20), seconds=6)


def test_waiting_for_a_claim_ends_when_it_is_released(sensor: SensorUnderRule, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(AlertTopic, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            sensor.process((1, 90))
    claimed_until = int(sensor.state()["claimed_until"])
    sensor.clock.seconds = (claimed_until - 10) / 1000  # a pause from its end

    sensor.process((2, 90))

    assert sensor.notifications() == [("alert", 1)]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_lost_answers_lose_no_alert(sensor: SensorUnderRule, times: int) -> None:
    lossy = LostAnswerClient(sensor.moto.dynamodb, "update_item", client_error("InternalServerError", 500), times=times)

    try:
        sensor.process((1, 90), alerting=sensor.alerting(dynamodb=lossy))
    except UnavailableError:
        sensor.clock.seconds += 60
        sensor.process((1, 90))

    assert [state for state, _ in sensor.notifications()] == ["alert"]


NORMAL = {"is_alert": False, "is_told": False}
"""The same as no state."""
STEPS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([20, 90])), min_size=1, max_size=8, unique_by=lambda s: s[0]
)


@given(STEPS, st.randoms(use_true_random=False))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_gives_the_same_state(moto: MotoPipeline, steps: list[tuple[int, int]], random: Any) -> None:
    shuffled = steps + random.sample(steps, random.randint(0, len(steps)))
    random.shuffle(shuffled)
    sensor = SensorUnderRule(moto)

    for step in shuffled:
        sensor.process(step)

    _, value = max(steps)
    (state,) = sensor.states() or [NORMAL]
    assert state["is_alert"] is state["is_told"] is (value > 85)
    assert not any(name.startswith("claimed") for name in state)
    notified = [state for state, _ in sensor.notifications()]
    assert notified == ["alert", "clear"] * (len(notified) // 2) + ["alert"] * (len(notified) % 2)
