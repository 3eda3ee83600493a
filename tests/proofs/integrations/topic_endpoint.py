"""An HTTP endpoint for the alert topic, and the deletion of leftover queues that subscribe to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from typing_extensions import override

from ops.operate.callers import Operator
from tests.support.temporary_users import PREFIX
from tests.support.topic_subscriber import Messages


@contextmanager
def subscribed_endpoint() -> Iterator[tuple[str, Messages]]:
    """An HTTP endpoint on this machine: its address, and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            """Log nothing."""

    def take_posted() -> list[dict[str, Any]]:
        messages = posted.copy()
        del posted[: len(messages)]
        return messages

    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/alerts", take_posted
        finally:
            server.shutdown()


def delete_leftover_queues(operator: Operator, before: datetime) -> list[str]:
    """Delete the queues of runs that were killed, and their subscriptions.

    Args:
        operator: A user who may delete them.
        before: Queues that were created later may be in use.

    Returns:
        Their URLs.
    """
    sqs, sns = operator.access.sqs(), operator.access.sns()
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=operator.output("AlertTopicArn"))
    subscriptions = [each for page in pages for each in page["Subscriptions"]]
    deleted = []
    for url in sqs.list_queues(QueueNamePrefix=PREFIX).get("QueueUrls", ()):
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp", "QueueArn"])
        found = attributes["Attributes"]
        if float(found["CreatedTimestamp"]) < before.timestamp():
            for subscription in subscriptions:
                if subscription["Endpoint"] == found["QueueArn"]:
                    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
            sqs.delete_queue(QueueUrl=url)
            deleted.append(url)
    return deleted
