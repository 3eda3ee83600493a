"""Alert delivery: subscribers of the topic receive an alert for a reading that breaks a rule."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from ops.aws.api_client import ApiClient
from ops.operate.callers import Operator
from tests.proofs.integrations.topic_endpoint import subscribed_endpoint
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually
from tests.support.topic_subscriber import Messages, subscribed_queue

pytestmark = [pytest.mark.timeout(900), pytest.mark.pipeline, pytest.mark.proof("integrations")]
LOOPBACK = ("127.0.0.1", "localhost")


@pytest.fixture
def breaking(operator: Operator) -> tuple[str, float]:
    """A rule of the environment, and a value that breaks it."""
    parameter = operator.access.ssm().get_parameter(Name=operator.output("ConfigParameterName"))["Parameter"]["Value"]
    rules: dict[str, dict[str, float]] = json.loads(parameter)["rules"]
    assert rules, "the environment has no rule that a reading could break: set config.rules in its settings.toml"
    name, rule = next(iter(rules.items()))
    return name, rule["max"] + 1 if "max" in rule else rule["min"] - 1


def test_an_alert_reaches_a_queue(
    operator: Operator, caller: ApiClient, device: str, breaking: tuple[str, float], figures: Figures
) -> None:
    with subscribed_queue(operator.access, operator.output("AlertTopicArn")) as messages:
        break_rule(caller, device, breaking)

        message = eventually(lambda: find_alert(device, messages), 120)

    check_alert(operator, message, device, breaking)
    figures.count("alerts delivered to a queue")


def test_an_alert_reaches_an_http_endpoint(
    operator: Operator, caller: ApiClient, device: str, breaking: tuple[str, float], figures: Figures
) -> None:
    if urlsplit(caller.address).hostname not in LOOPBACK:
        pytest.skip("AWS cannot reach an HTTP endpoint on this machine: there, only delivery to a queue is tested")
    sns, topic = operator.access.sns(), operator.output("AlertTopicArn")
    with subscribed_endpoint() as (address, messages):
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=address)
        request = eventually(lambda: first(messages, lambda each: each["Type"] == "SubscriptionConfirmation"))
        subscription = sns.confirm_subscription(TopicArn=topic, Token=request["Token"])["SubscriptionArn"]
        try:
            break_rule(caller, device, breaking)
            message = eventually(lambda: find_alert(device, messages))
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)

    assert message["Type"] == "Notification"
    check_alert(operator, message, device, breaking)
    figures.count("alerts delivered to an HTTP endpoint that confirmed its subscription")


def break_rule(caller: ApiClient, device: str, breaking: tuple[str, float]) -> None:
    name, value = breaking
    answer = caller.post("/ingest", {"device_id": device, "sensor_data": {name: value}})
    assert answer.status == 200, answer


def find_alert(device: str, messages: Messages) -> dict[str, Any] | None:
    """The device's alert, or None; alerts of other devices are ignored."""
    return first(messages, lambda each: each.get("Subject") == f"IoT alert: {device}")


def first(messages: Messages, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    return next(filter(wanted, messages()), None)


def check_alert(operator: Operator, message: dict[str, Any], device: str, breaking: tuple[str, float]) -> None:
    """Assert that the message names device, rule and value."""
    alert = json.loads(message["Message"])
    assert message["TopicArn"] == operator.output("AlertTopicArn")
    assert (alert["device_id"], alert["rule"], alert["state"]) == (device, breaking[0], "alert")
    assert Decimal(str(alert["value"])) == Decimal(str(breaking[1]))
