"""A queue's message as Lambda passes it to a function."""

from typing import Any


def record(received: Any) -> dict[str, Any]:
    """Convert a received message into a record of a Lambda event."""
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
