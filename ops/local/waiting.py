"""Waits for something that happens some time after it was caused."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from ops.project.errors import OpsError

_POLL_SECONDS: Final = 0.2
_Value = TypeVar("_Value")


class WaitedTooLongError(OpsError):
    """Something did not happen in time."""


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
