"""Where dead-letter messages go back to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.operate.redriving.dead_letters import DeadLetter

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient


@dataclass(frozen=True)
class IngestionQueue:
    """The queue that messages failed in. Their bodies go back unchanged, without the attributes of the failure.

    Attributes:
        sqs: A client that may send to the queue.
        url: The queue's URL.
    """

    sqs: "SQSClient"
    url: str

    def refusal(self, message: DeadLetter) -> str | None:  # noqa: ARG002  # every message may go back
        """Refuse no message."""
        return None

    def send(self, message: DeadLetter) -> str:
        """Send a message, and return its new id."""
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=message.body)["MessageId"]


@dataclass(frozen=True)
class FailedFunctions:
    """The functions whose asynchronous invocations failed. They are invoked again with the same events.

    A message that Lambda sent to a dead-letter queue is the event alone and names no function (Lambda developer guide,
    "Adding a dead-letter queue"). One that it sent to a failure destination, or that the embedded AWS sent, is a record
    of the invocation.

    Attributes:
        client: A client that may invoke them.
        names: The functions of the environment.
        chosen: The function that the operator names, for events that name none.
    """

    client: "LambdaClient"
    names: Sequence[str]
    chosen: str | None = None

    def refusal(self, message: DeadLetter) -> str | None:
        """Why it is unknown which function to invoke, or None."""
        if message.invocation is None:
            return None if self.chosen else "names no function: set FUNCTION=ingestion, processor or query"
        function = message.invocation.function
        if function not in self.names:
            return "was sent to a function that is not part of this environment"
        return f"was sent to {function}" if self.chosen not in (None, function) else None

    def send(self, message: DeadLetter) -> str:
        """Invoke the function, and return the invocation's id."""
        record = message.invocation
        function = record.function if record else str(self.chosen)
        payload = bytes(record.requestPayload) if record else message.body
        answer = self.client.invoke(FunctionName=function, InvocationType="Event", Payload=payload)
        return answer["ResponseMetadata"]["RequestId"]


Destination = IngestionQueue | FailedFunctions
