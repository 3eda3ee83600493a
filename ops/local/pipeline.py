"""A pipeline that runs on this machine, with its callers; and how to wait for what happens in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ops.aws.access import Access
from ops.local.access_files import api_address
from ops.project.errors import OpsError

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

_POLL_SECONDS: Final = 0.2
_Value = TypeVar("_Value")


class WaitedTooLongError(OpsError):
    """Something did not happen in time."""


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


def wait_for(what: str, look: Callable[[], _Value | None], seconds: float = 60) -> _Value:
    """Look again and again until something is found.

    Args:
        what: What is looked for, for the message.
        look: Returns None as long as it is not found.
        seconds: How long to wait.

    Raises:
        WaitedTooLongError: It was not found in time.
    """
    deadline = time.monotonic() + seconds
    while (value := look()) is None:
        if time.monotonic() > deadline:
            raise WaitedTooLongError(f"{what} was not found within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    return value
