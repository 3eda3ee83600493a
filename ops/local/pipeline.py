"""A pipeline that runs on this machine, with its callers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.aws.access import Access
from ops.local.access_files import api_address
from ops.local.waiting import wait_for

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True)
class Pipeline:
    """An applied environment in the embedded AWS.

    Attributes:
        administrator: Access as the administrator.
        caller: Access as the user who may call the API and nothing else.
        stranger: Access as a user without any permission.
        outputs: The environment's outputs by name.
    """

    administrator: Access
    caller: Access
    stranger: Access
    outputs: dict[str, Any]

    @property
    def api(self) -> str:
        """The API's address on this machine."""
        return api_address(str(self.administrator.endpoint), self.outputs)

    def peek(self, queue: str, marker: str) -> "MessageTypeDef | None":
        """Find a message by a part of its body, and leave it in its queue; None where there is none.

        Args:
            queue: The output that names the queue.
            marker: The part of the body.
        """
        received = self.administrator.sqs().receive_message(
            QueueUrl=self.outputs[queue],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        return next((message for message in received.get("Messages", ()) if marker in message["Body"]), None)

    @contextmanager
    def paused_processing(self) -> Iterator[None]:
        """Disable the processor's event source mapping for the time of the context, so that messages stay queued."""
        self._set_mapping("Disabled")
        try:
            yield
        finally:
            self._set_mapping("Enabled")

    def _set_mapping(self, state: str) -> None:
        functions = self.administrator.functions()
        mappings = functions.list_event_source_mappings(FunctionName=self.outputs["ProcessorFunctionName"])
        uuid = mappings["EventSourceMappings"][0]["UUID"]
        functions.update_event_source_mapping(UUID=uuid, Enabled=state == "Enabled")
        wait_for(
            f"the event source mapping's state {state}",
            lambda: functions.get_event_source_mapping(UUID=uuid)["State"] == state or None,
        )
