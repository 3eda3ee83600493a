"""Where dead letters go back to. What arrived is told one batch at a time, for it is deleted from the queue next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from ops.operate.redriving.letter import Letter
from ops.project.errors import OpsError

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient

BATCH_BYTES: Final = 1024 * 1024
"""The most bytes that one call takes (SQS quotas, "Message batch size")."""


Arrived = list[tuple[Letter, str]]
"""Letters, each with the id that it has where it arrived."""


class Destination(Protocol):
    """Takes letters back."""

    def refusal(self, letter: Letter) -> str | None:
        """Why a letter cannot go back, or None."""
        ...

    def send(self, letters: Sequence[Letter]) -> Iterator[Arrived]:
        """Send letters, and yield those that have arrived.

        Raises:
            OpsError: Some did not arrive.
        """
        ...


@dataclass(frozen=True)
class IngestionQueue:
    """The queue from which the letters came: their bodies go back as they are, without what told the reason.

    Attributes:
        sqs: A client that may send to it.
        url: Its address.
    """

    sqs: "SQSClient"
    url: str

    def refusal(self, letter: Letter) -> str | None:  # noqa: ARG002  # every letter may go back
        """Nothing stands against any letter."""
        return None

    def send(self, letters: Sequence[Letter]) -> Iterator[Arrived]:
        """Send letters, and yield those that have arrived.

        Raises:
            OpsError: SQS did not take some.
        """
        if len(letters) > 1 and sum(len(letter.body.encode()) for letter in letters) > BATCH_BYTES:
            middle = len(letters) // 2
            yield from self.send(letters[:middle])
            yield from self.send(letters[middle:])
            return
        answer = self.sqs.send_message_batch(
            QueueUrl=self.url,
            Entries=[{"Id": str(number), "MessageBody": letter.body} for number, letter in enumerate(letters)],
        )
        yield [(letters[int(entry["Id"])], entry["MessageId"]) for entry in answer.get("Successful", ())]
        if failed := answer.get("Failed"):
            raise OpsError(f"{len(failed)} messages could not be sent and stay dead letters: {failed[0]['Code']}")


@dataclass(frozen=True)
class Functions:
    """The functions whose asynchronous invocations failed: they are invoked with the same events again.

    A dead-letter queue of Lambda's holds the event as it was, and no word of whose it was (Lambda developer guide,
    "Adding a dead-letter queue"); a destination of Lambda's, and the embedded AWS, wrap it and name the function.

    Attributes:
        client: A client that may invoke them.
        names: The functions of the environment.
        named: The one that the operator says it was, for events that do not say.
    """

    client: "LambdaClient"
    names: Sequence[str]
    named: str | None = None

    def refusal(self, letter: Letter) -> str | None:
        """Why it is not known which function to invoke, or None."""
        envelope = _envelope(letter.body)
        if envelope is None:
            unknown = "does not tell whose event it was: name the function, FUNCTION=ingestion, processor or query"
            return None if self.named else unknown
        if envelope.function not in self.names:
            return "was for a function that is not this environment's"
        return f"was for {envelope.function}" if self.named not in (None, envelope.function) else None

    def send(self, letters: Sequence[Letter]) -> Iterator[Arrived]:
        """Invoke the functions, and yield each letter whose event Lambda has taken."""
        for letter in letters:
            envelope = _envelope(letter.body)
            function, payload = (
                (envelope.function, bytes(envelope.requestPayload)) if envelope else (str(self.named), letter.body)
            )
            answer = self.client.invoke(FunctionName=function, InvocationType="Event", Payload=payload)
            yield [(letter, answer["ResponseMetadata"]["RequestId"])]


class _Context(msgspec.Struct):
    functionArn: str  # noqa: N815  # Lambda's name


class _Envelope(msgspec.Struct):
    """An invocation record, as far as it is needed (Lambda developer guide, "Capturing records")."""

    requestContext: _Context  # noqa: N815  # Lambda's name
    requestPayload: msgspec.Raw  # noqa: N815  # the same; left as it was written, with every digit

    @property
    def function(self) -> str:
        """The function's name."""
        return self.requestContext.functionArn.partition(":function:")[2].partition(":")[0]


def _envelope(body: str) -> _Envelope | None:
    try:
        return msgspec.json.decode(body, type=_Envelope)
    except (msgspec.DecodeError, RecursionError):  # an event as it was
        return None
