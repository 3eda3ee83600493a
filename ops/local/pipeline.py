"""A pipeline that runs on this machine, with those who call it."""

from dataclasses import dataclass
from typing import Any

from ops.aws.access import Access
from ops.local.access_files import api_address


@dataclass(frozen=True)
class Pipeline:
    """An applied environment in the embedded AWS.

    Attributes:
        administrator: Access as the administrator.
        caller: Access as the user who may call the API and nothing else.
        stranger: Access as a user who may do nothing.
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
