"""Every alarm notifies the alert topic's subscribers when it goes into ALARM, and when it is OK again.

The state is set by SetAlarmState, as an operator tests an alarm. `test_alarms.py` shows which metrics set it. Composite
alarms, where there are any, are tested with the others.
"""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ops.local.pipeline import Pipeline
from tests.proofs.alarms.generated_alarms import ALARMS
from tests.support.proving import Figures
from tests.support.sample import ENVIRONMENT
from tests.support.topic_subscriber import Messages, subscribed_queue

if TYPE_CHECKING:
    from types_boto3_cloudwatch.literals import StateValueType

pytestmark = pytest.mark.timeout(900)
PATIENCE_SECONDS = 60
Change = tuple[str, str, str]
"""An alarm's name, its old state and its new state, from a notification."""


@pytest.fixture
def subscriber(pipeline: Pipeline) -> Iterator[Messages]:
    """The test's own queue, subscribed to the alert topic."""
    with subscribed_queue(pipeline.administrator, pipeline.outputs["AlertTopicArn"]) as messages:
        yield messages


def received_changes(subscriber: Messages, expected: int) -> list[Change]:
    """Wait for so many state changes that the subscriber is notified of."""
    found: list[Change] = []
    ends = time.monotonic() + PATIENCE_SECONDS
    while len(found) < expected and time.monotonic() < ends:
        received = [json.loads(message["Message"]) for message in subscriber()]
        found += [(each["AlarmName"], each["OldStateValue"], each["NewStateValue"]) for each in received]
    return found


def applied_alarms(pipeline: Pipeline) -> dict[str, Any]:
    """All alarms of the account, metric and composite, by name."""
    pages = (
        pipeline.administrator.cloudwatch()
        .get_paginator("describe_alarms")
        .paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    return {
        alarm["AlarmName"]: alarm
        for page in pages
        for kind in ("MetricAlarms", "CompositeAlarms")
        for alarm in page[kind]
    }


@pytest.mark.proof("alarms")
def test_every_alarm_reaches_the_topics_subscriber(pipeline: Pipeline, subscriber: Messages, figures: Figures) -> None:
    alarms = applied_alarms(pipeline)
    assert set(alarms) == {
        alarm["alarm_name"].replace("${var.environment_suffix}", ENVIRONMENT) for alarm in ALARMS.values()
    }
    cloudwatch = pipeline.administrator.cloudwatch()

    def set_all(state: "StateValueType") -> None:
        for name in alarms:
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")

    set_all("INSUFFICIENT_DATA")  # no alarm has an action for it
    changes: tuple[tuple[StateValueType, StateValueType], ...] = (
        ("INSUFFICIENT_DATA", "OK"),
        ("OK", "ALARM"),
        ("ALARM", "OK"),
    )
    for old, new in changes:
        set_all(new)
        received = received_changes(subscriber, len(alarms))
        assert sorted(received) == sorted((name, old, new) for name in alarms)
        figures.tried(f"alarms whose change from {old} to {new} reached the subscriber", len(received))


@pytest.mark.proof("alarms")
def test_every_alarm_notifies_the_topic_of_alarm_and_ok(pipeline: Pipeline, figures: Figures) -> None:
    topic = [pipeline.outputs["AlertTopicArn"]]
    for alarm in applied_alarms(pipeline).values():
        assert (alarm["ActionsEnabled"], alarm["AlarmActions"], alarm["OKActions"]) == (True, topic, topic)
        figures.count("alarms whose actions are the topic")
