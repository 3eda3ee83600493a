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
from tests.handlers.alert_scene import DENIED, RULES, Scene, meanwhile
from tests.handlers.fakes import FailingClient, LostAnswerClient, client_error
from tests.handlers.world import PROCESSED_TABLE, World


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_a_normal_device_publishes_nothing(scene: Scene) -> None:
    scene.follow((1, 20), (2, 21))

    assert scene.notifications() == []
    assert scene.states() == []


def test_the_attributes_of_a_state(scene: Scene) -> None:
    scene.follow((1, 90))
    scene.follow((2, 20))
    scene.follow((3, 21))

    assert scene.state() == {
        "device_id": partition(scene.device),
        "event_date": f"{scene.device}#temperature",
        "decided_at": 2,
        "decided_value": 20,
        "is_alert": False,
        "is_told": False,
        "changed_at": scene.now(),
        "expires_at": scene.now() // 1000 + 86_400,
    }


def test_an_alert_is_published_once_until_it_clears(scene: Scene) -> None:
    scene.follow((1, 90))
    scene.follow((2, 91))
    scene.follow((3, 92), (4, 93))
    assert scene.notifications() == [("alert", 1)]

    scene.follow((5, 20))
    scene.follow((6, 20))
    assert scene.notifications() == [("clear", 5)]
    assert scene.published == 2


def test_the_content_of_a_notification(scene: Scene) -> None:
    scene.follow((1_795_428_930_123, 90))

    assert scene.world.notifications() == [
        {
            "device_id": scene.device,
            "rule": "temperature",
            "state": "alert",
            "value": 90,
            "timestamp": 1_795_428_930_123,
            "event_date": "2026-11-23T10:15:30.123Z",
        }
    ]


def test_transitions_within_a_batch_are_published(scene: Scene) -> None:
    scene.follow((3, 20), (1, 20), (2, 90))

    assert scene.notifications() == [("alert", 2), ("clear", 3)]


def test_a_late_reading_changes_nothing(scene: Scene) -> None:
    scene.follow((10, 20))
    scene.follow((5, 90))
    assert scene.notifications() == []

    scene.follow((20, 90))
    scene.follow((15, 20))
    assert scene.notifications() == [("alert", 20)]
    assert scene.state()["is_alert"]


def test_an_old_alert_is_late_where_no_state_is_known(scene: Scene) -> None:
    scene.follow((10, 20))
    scene.follow((5, 90))

    assert scene.notifications() == []
    assert scene.states() == []


def test_readings_that_decide_nothing_make_no_other_late(scene: Scene) -> None:
    scene.write((10, 84), (11, 84), (12, 84), (13, 84), (14, 84))

    scene.follow((5, 90), alerting=scene.alerting(page_size=2))

    assert scene.notifications() == [("alert", 5)]


def test_what_decides_is_found_behind_readings_that_do_not(scene: Scene) -> None:
    scene.write((10, 20), (11, 84), (12, 84), (13, 84), (14, 84))

    scene.follow((5, 90), (6, 20), (7, 90), alerting=scene.alerting(page_size=2))

    assert scene.notifications() == []


def test_a_late_reading_publishes_the_decision_of_a_newer_one(scene: Scene) -> None:
    scene.write((10, 90))

    scene.follow((5, 90), (6, 20), (7, 90))

    assert scene.notifications() == [("alert", 10)]


def test_a_newer_item_that_is_damaged_is_its_devices_trouble(scene: Scene) -> None:
    scene.world.dynamodb.put_item(
        TableName=PROCESSED_TABLE,
        Item={"device_id": {"S": scene.device}, "event_date": {"S": "2026"}},
    )

    with pytest.raises(KeyError):
        scene.follow((5, 90))


def test_rules_are_followed_apart(scene: Scene) -> None:
    reading, rule = Reading(scene.device, 1, {}), RULES["temperature"]
    observed = [Observation(reading, name, rule, Decimal(90), is_alert=True) for name in ("humidity", "temperature")]

    assert scene.alerting().evaluate(observed, scene.clock.retrying()) == {}

    assert sorted(each["rule"] for each in scene.world.notifications()) == ["humidity", "temperature"]


def test_a_failed_publication_is_repeated_by_the_retry(scene: Scene) -> None:
    failing = FailingClient(scene.world.sns, "publish", DENIED)

    with pytest.raises(UnavailableError):
        scene.follow((1, 90), alerting=scene.alerting(sns=failing))
    assert scene.notifications() == []

    scene.follow((1, 90))
    assert scene.notifications() == [("alert", 1)]


def test_a_publication_without_time_is_repeated_when_the_claim_ends(scene: Scene) -> None:
    class Slow:
        def publish(self, **_: object) -> None:
            scene.clock.seconds += 19
            raise client_error("ThrottlingException")

    with pytest.raises(UnavailableError):
        scene.follow((1, 90), alerting=scene.alerting(sns=Slow()))
    assert "claimed_until" in scene.state()
    scene.clock.seconds += 60

    scene.follow((1, 90))
    assert scene.notifications() == [("alert", 1)]


def crash(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["publish", "record_notified"])
def test_after_a_crash_in_between_another_invocation_publishes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    alerting = scene.alerting()
    with monkeypatch.context() as patched:
        patched.setattr(AlertTopic if place == "publish" else AlertStateWriter, place, crash)
        with pytest.raises(KeyboardInterrupt):
            scene.follow((1, 90), alerting=alerting)
    before = scene.notifications()

    with pytest.raises(UnavailableError, match="claimed"):
        scene.follow((1, 90))  # the claim has not ended
    scene.clock.seconds += 60
    scene.follow((2, 20))

    assert before == ([] if place == "publish" else [("alert", 1)])
    assert scene.notifications() == [("alert", 1), ("clear", 2)]
    assert not scene.state()["is_told"]
    assert "claimed_until" not in scene.state()


def test_a_notification_has_the_value_that_raised_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(AlertTopic, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            scene.follow((1, 90))
    scene.clock.seconds += 60

    scene.follow((2, 20))

    told = [(each["state"], each["value"], each["timestamp"]) for each in scene.world.notifications()]
    assert told == [("alert", 90, 1), ("clear", 20, 2)]


@pytest.mark.parametrize("place", ["claim", "record_notified"])
def test_two_invocations_publish_once(scene: Scene, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def other() -> None:
        try:
            scene.follow((2, 91))
        except UnavailableError:
            assert place == "record_notified"  # the first one has a claim: the second one's message is redelivered

    meanwhile(place, other, monkeypatch)
    scene.follow((1, 90))
    scene.follow((2, 91))

    assert len(scene.notifications()) == 1
    assert scene.state()["is_told"]


def test_a_clear_while_the_alert_is_published_is_published_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile("record_notified", lambda: _ignore_claim(scene), monkeypatch)

    scene.follow((1, 90))

    assert scene.notifications() == [("alert", 1), ("clear", 2)]


def _ignore_claim(scene: Scene) -> None:
    with pytest.raises(UnavailableError):
        scene.follow((2, 20), seconds=6)


def test_waiting_for_a_claim_ends_when_it_is_released(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(AlertTopic, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            scene.follow((1, 90))
    claimed_until = int(scene.state()["claimed_until"])
    scene.clock.seconds = (claimed_until - 10) / 1000  # a pause from its end

    scene.follow((2, 90))

    assert scene.notifications() == [("alert", 1)]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_lost_answers_lose_no_alert(scene: Scene, times: int) -> None:
    lossy = LostAnswerClient(scene.world.dynamodb, "update_item", client_error("InternalServerError", 500), times=times)

    try:
        scene.follow((1, 90), alerting=scene.alerting(dynamodb=lossy))
    except UnavailableError:
        scene.clock.seconds += 60
        scene.follow((1, 90))

    assert [state for state, _ in scene.notifications()] == ["alert"]


NORMAL = {"is_alert": False, "is_told": False}
"""The same as no state."""
STEPS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([20, 90])), min_size=1, max_size=8, unique_by=lambda s: s[0]
)


@given(STEPS, st.randoms(use_true_random=False))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_gives_the_same_state(world: World, steps: list[tuple[int, int]], random: Any) -> None:
    shuffled = steps + random.sample(steps, random.randint(0, len(steps)))
    random.shuffle(shuffled)
    scene = Scene(world)

    for step in shuffled:
        scene.follow(step)

    _, value = max(steps)
    (state,) = scene.states() or [NORMAL]
    assert state["is_alert"] is state["is_told"] is (value > 85)
    assert not any(name.startswith("claimed") for name in state)
    told = [state for state, _ in scene.notifications()]
    assert told == ["alert", "clear"] * (len(told) // 2) + ["alert"] * (len(told) % 2)
