"""AWS in memory: one client for all services, which counts calls and costs next to nothing."""

import json
from collections import Counter
from typing import Any, Final

from handlers.aws import clients

CONFIGURATION: Final = {"batch_size": 100, "processing_timeout": 60, "rules": {"temperature": {"min": -40, "max": 85}}}
"""As `envs/dev` comes with the project."""


class FakeAws:
    """Answers the operations that a healthy pipeline calls, each as AWS does when all is well.

    Attributes:
        calls: How often each operation was called.
        bodies: Of the messages sent, in order.
        items: How many items were written.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.bodies: list[str] = []
        self.items = 0

    def get_parameter(self, **_arguments: Any) -> dict[str, Any]:
        """Answer the configuration."""
        self.calls["ssm:GetParameter"] += 1
        return {"Parameter": {"Value": json.dumps(CONFIGURATION)}}

    def put_item(self, **_arguments: Any) -> dict[str, Any]:
        """Take one item."""
        self.calls["dynamodb:PutItem"] += 1
        self.items += 1
        return {}

    def batch_write_item(self, **arguments: Any) -> dict[str, Any]:
        """Take up to 25 items."""
        self.calls["dynamodb:BatchWriteItem"] += 1
        self.items += sum(len(requests) for requests in arguments["RequestItems"].values())
        return {"UnprocessedItems": {}}

    def query(self, **_arguments: Any) -> dict[str, Any]:
        """Find no state of an alert: no device was ever beyond a rule."""
        self.calls["dynamodb:Query"] += 1
        return {"Items": []}

    def batch_get_item(self, **_arguments: Any) -> dict[str, Any]:
        """Find none of up to 100 items: no device was ever beyond a rule."""
        self.calls["dynamodb:BatchGetItem"] += 1
        return {"Responses": {}, "UnprocessedKeys": {}}

    def send_message(self, **arguments: Any) -> dict[str, Any]:
        """Take one message."""
        self.calls["sqs:SendMessage"] += 1
        self.bodies.append(arguments["MessageBody"])
        return {"MessageId": "id"}

    def send_message_batch(self, **arguments: Any) -> dict[str, Any]:
        """Take up to 10 messages."""
        self.calls["sqs:SendMessageBatch"] += 1
        self.bodies += [entry["MessageBody"] for entry in arguments["Entries"]]
        return {"Successful": [], "Failed": []}

    def change_message_visibility_batch(self, **_arguments: Any) -> dict[str, Any]:
        """Put up to 10 messages off."""
        self.calls["sqs:ChangeMessageVisibilityBatch"] += 1
        return {"Successful": [], "Failed": []}


class Context:
    """What the functions ask of Lambda's context."""

    function_name = "function"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        """As long as an API's function has."""
        return 29_000


def play_aws(fake: FakeAws) -> None:
    """Let this project's functions talk to a fake from now on; they must not have made their clients yet."""
    for service in ("dynamodb", "sqs", "sns", "ssm"):
        setattr(clients, service, lambda: fake)
