"""What every chapter of the story works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from handlers.domain.documents import encode
from ops.aws.api_client import ApiClient
from ops.local.demonstration.narrator import Narrator
from ops.local.pipeline import Pipeline

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

_DISABLED: Final = "Disabled"
_ENABLED: Final = "Enabled"


@dataclass(frozen=True)
class Stage:
    """A running pipeline, a device of its own, and who tells.

    Attributes:
        pipeline: The pipeline, with its administrator and its callers.
        device: The device's id; no other telling of the story has the same.
        narrator: Tells what happens.
    """

    pipeline: Pipeline
    device: str
    narrator: Narrator

    @cached_property
    def caller(self) -> ApiClient:
        """The API as the user who may call it."""
        return ApiClient(self.pipeline.api, self.pipeline.caller)

    @cached_property
    def stranger(self) -> ApiClient:
        """The API as a user who may do nothing."""
        return ApiClient(self.pipeline.api, self.pipeline.stranger)

    @cached_property
    def forger(self) -> ApiClient:
        """The API as someone who knows the caller's key id and guesses the secret."""
        keys = self.pipeline.caller.keys
        forged = replace(keys, secret_access_key="0" * 40) if keys else None
        return ApiClient(self.pipeline.api, replace(self.pipeline.caller, keys=forged))

    def reading(self) -> dict[str, Any]:
        """What the device sends."""
        return {"device_id": self.device, "sensor_data": {"temp": 25.5}}

    def output(self, name: str) -> str:
        """One of the environment's outputs."""
        return str(self.pipeline.outputs[name])

    def peek(self, queue: str, marker: str) -> "MessageTypeDef | None":
        """The message in a queue whose body holds the marker, left where it is; None where there is none.

        Args:
            queue: The output that names the queue.
            marker: Part of the body.
        """
        received = self.pipeline.administrator.sqs().receive_message(
            QueueUrl=self.output(queue),
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        return next((message for message in received.get("Messages", ()) if marker in message["Body"]), None)

    @contextmanager
    def paused_processing(self) -> Iterator[None]:
        """Stop the processor from reading the queue, so that one can look into it."""
        self._set_mapping(enabled=False)
        try:
            yield
        finally:
            self._set_mapping(enabled=True)

    def _set_mapping(self, *, enabled: bool) -> None:
        functions = self.pipeline.administrator.functions()
        mappings = functions.list_event_source_mappings(FunctionName=self.output("ProcessorFunctionName"))
        uuid = mappings["EventSourceMappings"][0]["UUID"]
        functions.update_event_source_mapping(UUID=uuid, Enabled=enabled)
        wanted = _ENABLED if enabled else _DISABLED

        def look() -> bool | None:
            return functions.get_event_source_mapping(UUID=uuid)["State"] == wanted or None

        self.narrator.await_value(f"the event source mapping's state {wanted}", look)


def brief(document: object) -> str:
    """A JSON document on one line, every number with its digits."""
    return encode(document)
