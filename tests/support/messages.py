"""A message of a queue as Lambda hands it to a function."""

from typing import Any


def record(received: Any) -> dict[str, Any]:
    """Return a received message as a record of an event."""
    attributes = received.get("MessageAttributes", {})
    return {
        "messageId": received["MessageId"],
        "receiptHandle": received["ReceiptHandle"],
        "body": received["Body"],
        "attributes": received["Attributes"],
        "messageAttributes": {
            name: {"stringValue": attribute["StringValue"], "dataType": attribute["DataType"]}
            for name, attribute in attributes.items()
        },
        "eventSource": "aws:sqs",
    }
