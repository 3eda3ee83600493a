"""`docs/alerts.md` is true: its example, its attributes, its filter policies and its commands work."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from handlers.aws.alert_topic import AlertTopic
from handlers.domain.reading import Reading
from handlers.domain.transform import plan
from tests.handlers.fakes import Clock
from tests.handlers.moto_pipeline import Document, MotoPipeline
from tests.handlers.sensor_under_rule import RULES, SensorUnderRule
from tests.handlers.subscriber import ALERTS, DEVICES, TIMESTAMP, Subscriber, alert, received

PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


EXAMPLE, *FILTERS = blocks("json")
SUBSCRIBING, FILTERING, ALARMS_ALONE = blocks("sh")


@pytest.fixture
def published(moto: MotoPipeline) -> Document:
    """What a subscriber with raw delivery gets of the example's alert, from the reading on."""
    sensor = SensorUnderRule(moto)
    sensor.device = "sensor-1"
    reading = Reading(sensor.device, TIMESTAMP, {"temp": Decimal("90.25")})
    observations = plan(reading, RULES, processed_at=0).observations
    assert sensor.alerting().evaluate(observations, sensor.clock.retrying()) == {}
    (message,) = received(moto, moto.notification_queue_url)
    return message


def test_the_example_is_what_is_published(published: Document) -> None:
    documented = json.loads(EXAMPLE, parse_float=Decimal)

    assert json.loads(published["Body"], parse_float=Decimal) == documented
    assert list(json.loads(published["Body"])) == list(documented)


def test_the_table_names_every_member_and_every_attribute(published: Document) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`(\w+)`)? *\|", PAGE, re.MULTILINE)
    documented = {name: kind for name, kind in rows if kind}

    assert [name for name, _ in rows] == list(json.loads(published["Body"]))
    attributes = published["MessageAttributes"]
    assert {name: attribute["DataType"] for name, attribute in attributes.items()} == documented
    example = json.loads(EXAMPLE)
    assert {name: attribute["StringValue"] for name, attribute in attributes.items()} == {
        name: example[name] for name in documented
    }


@pytest.mark.parametrize(
    ("device", "subject"), [("sensor-1", "IoT alert: sensor-1"), ("d" * 128, f"IoT alert: {'d' * 89}")]
)
def test_the_subject_is_as_documented_and_never_longer_than_sns_allows(device: str, subject: str) -> None:
    subjects: list[str] = []

    class Client:
        def publish(self, **arguments: Any) -> None:
            subjects.append(arguments["Subject"])

    AlertTopic(Client(), "topic").publish(alert(device, "temperature", "alert"), Clock().retrying())  # type: ignore[arg-type] # a fake

    assert subjects == [subject]
    assert len(subject) <= 100
    assert "`IoT alert: sensor-1`, cut at SNS's 100 characters" in PAGE


@pytest.fixture
def subscriber(moto: MotoPipeline) -> Subscriber:
    return Subscriber(moto)


def only(devices: tuple[str, ...] = DEVICES, rules: str = "", states: str = "") -> set[tuple[str, str, str]]:
    """The alerts of these devices; of these rules and states, where any are named."""
    return {
        (device, rule, state)
        for device, rule, state in ALERTS
        if device in devices and rule in (rules or rule) and state in (states or state)
    }


WANTED = [
    (only(("sensor-1",)), 0),
    (only(("hall-2:a",), "temperature humidity", "alert"), 0),
    (only(("sensor-1", "Sensor-1", "hall-2:a")), 0),
    (set[Any](), 1),
]
"""What each documented filter policy leaves: the alerts, and how many alarms."""


@pytest.mark.parametrize(("policy", "wanted"), list(zip(FILTERS, WANTED, strict=True)))
def test_a_documented_filter_policy_leaves_what_is_documented(
    subscriber: Subscriber, policy: str, wanted: tuple[set[Any], int]
) -> None:
    scope = {"FilterPolicyScope": "MessageBody"} if "AlarmName" in policy else {}
    subscriber.subscribe(FilterPolicy=policy, **scope)

    assert subscriber.notified() == wanted


def test_a_filter_policy_names_published_attributes_alone(published: Document) -> None:
    names = {name for policy in FILTERS for name in json.loads(policy)}

    assert names - {"AlarmName"} == set(published["MessageAttributes"])


def test_without_a_filter_policy_everything_comes(subscriber: Subscriber) -> None:
    subscriber.subscribe()

    assert subscriber.notified() == (ALERTS, 1)


def test_the_command_subscribes_to_one_device_and_rule(subscriber: Subscriber) -> None:
    subscriber.run(SUBSCRIBING)

    assert subscriber.notified() == (only(("sensor-1",), "temperature"), 0)


@pytest.mark.parametrize(
    ("commands", "wanted"), [(FILTERING, (only(states="alert"), 0)), (ALARMS_ALONE, (set[Any](), 1))]
)
def test_the_commands_filter_a_subscription(
    subscriber: Subscriber, commands: str, wanted: tuple[set[Any], int]
) -> None:
    subscriber.subscribe()

    subscriber.run(commands)

    assert subscriber.notified() == wanted
