"""A queue that subscribes to the alert topic, by hand or by `aws sns` commands as a person types them."""

import json
import shlex
from decimal import Decimal
from itertools import product
from string import Template
from typing import Any

from botocore import xform_name

from handlers.aws.alert_state import AlertState
from handlers.aws.alert_topic import AlertTopic
from tests.handlers.fakes import Clock
from tests.handlers.moto_pipeline import Document, MotoPipeline

TIMESTAMP = 1_795_428_930_123
DEVICES = ("sensor-1", "Sensor-1", "hall-2:a", "test-device-001")
ALERTS = set(product(DEVICES, ("temperature", "humidity", "pressure"), ("alert", "clear")))
"""Of devices, by rules and states."""
ALARM = {"AlarmName": "dead-letters-dev", "NewStateValue": "ALARM"}
"""As CloudWatch publishes it: without attributes."""


def received(moto: MotoPipeline, url: str) -> list[Document]:
    return list(moto._received(url))  # noqa: SLF001 - with the attributes


def alert(device: str, rule: str, state: str) -> AlertState:
    """A state whose notification was claimed."""
    return AlertState(
        device, rule, claimed_alert=state == "alert", claimed_at=TIMESTAMP, claimed_value=Decimal("90.25")
    )


class Subscriber:
    """A queue on the topic."""

    def __init__(self, moto: MotoPipeline) -> None:
        self.moto = moto
        self.url = moto.sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        attributes = moto.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]
        self.names = {"TOPIC": moto.topic_arn, "QUEUE_ARN": attributes["QueueArn"]}

    def subscribe(self, **attributes: str) -> None:
        answer = self.moto.sns.subscribe(
            TopicArn=self.names["TOPIC"],
            Protocol="sqs",
            Endpoint=self.names["QUEUE_ARN"],
            Attributes={"RawMessageDelivery": "true", **attributes},
            ReturnSubscriptionArn=True,
        )
        self.names["SUBSCRIPTION"] = answer["SubscriptionArn"]

    def run(self, commands: str) -> None:
        """Do what a block of `aws sns` commands does: its options are named after the operation's parameters."""
        for command in Template(commands).substitute(self.names).replace("\\\n", " ").splitlines():
            program, service, operation, *options = shlex.split(command)
            assert (program, service) == ("aws", "sns")
            getattr(self.moto.sns, operation.replace("-", "_"))(**self._arguments(operation, options))

    def _arguments(self, operation: str, options: list[str]) -> dict[str, Any]:
        name = "".join(part.capitalize() for part in operation.split("-"))
        members = self.moto.sns.meta.service_model.operation_model(name).input_shape.members
        parameters = {f"--{xform_name(member, '-')}": member for member in members}
        parameters["--notification-endpoint"] = parameters.pop("--endpoint", "")  # the CLI's one exception
        arguments: dict[str, Any] = {}
        while options:
            member = parameters[options.pop(0)]
            kind = members[member].type_name
            value = "true" if kind == "boolean" else options.pop(0)
            arguments[member] = value if kind == "string" else json.loads(value)
        return arguments

    def notified(self) -> tuple[set[tuple[str, str, str]], int]:
        """What of all alerts and an alarm reaches it: the alerts, and how many alarms."""
        topic = AlertTopic(self.moto.sns, self.moto.topic_arn)
        for each in sorted(ALERTS):
            topic.publish(alert(*each), Clock().retrying())
        self.moto.sns.publish(TopicArn=self.moto.topic_arn, Message=json.dumps(ALARM))
        bodies = [json.loads(message["Body"]) for message in received(self.moto, self.url)]
        alarms = [body for body in bodies if "AlarmName" in body]
        return {(body["device_id"], body["rule"], body["state"]) for body in bodies if body not in alarms}, len(alarms)
