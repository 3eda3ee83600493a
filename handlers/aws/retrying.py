"""AWS calls, repeated while they may still succeed and time remains.

Full jitter, https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/: each pause is drawn
between nothing and a bound that doubles.
"""

import random
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from handlers.aws.clients import CALL_SECONDS
from handlers.deadline import Deadline
from handlers.errors import RefusedError, UnavailableError

FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 2.0

_ANSWERS: Final = frozenset({"ConditionalCheckFailedException", "ParameterNotFound"})
"""Error codes by which AWS answers a question; whoever asked reads them."""
_REFUSAL: Final = "ValidationException"
_PASSING: Final = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "KMSThrottling",
        "KmsThrottled",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
_TOO_MANY_REQUESTS: Final = 429
_FIRST_SERVER_ERROR: Final = 500

Answer = TypeVar("Answer")


class Retrying(msgspec.Struct, frozen=True):
    """Calls AWS again after a throttle or a passing failure, never past the deadline."""

    deadline: Deadline
    sleep: Callable[[float], None] = time.sleep

    def call(self, operation: Callable[..., Answer], **arguments: Any) -> Answer:
        """Call a client's operation.

        Raises:
            UnavailableError: it failed for good, or time ran out.
            RefusedError: the request itself is at fault.
            ClientError: an answer such as `ConditionalCheckFailedException`.
        """
        name = operation.__name__
        attempts = count()
        while self.deadline.remaining() >= CALL_SECONDS:
            try:
                return operation(**arguments)
            except (ClientError, BotoCoreError) as error:
                code = error_code(error)
                if code in _ANSWERS:
                    raise
                if code == _REFUSAL:
                    raise RefusedError(name, code) from error
                if not _may_pass(error) or not self.pause(next(attempts)):
                    raise UnavailableError(name, code) from error
        raise UnavailableError(name, "no time left")

    def within(self, seconds: float) -> "Retrying":
        """Return the same with less time."""
        return Retrying(self.deadline.within(seconds), self.sleep)

    def pause(self, attempt: int) -> bool:
        """Wait before another attempt.

        Args:
            attempt: how many attempts failed before the last one.

        Returns:
            Whether there is time for one; where there is not, nothing was waited.
        """
        bound = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
        seconds = random.uniform(0, bound)  # noqa: S311 - spreads load, hides nothing
        if self.deadline.remaining() - seconds < CALL_SECONDS:
            return False
        self.sleep(seconds)
        return True


def error_code(error: ClientError | BotoCoreError) -> str:
    """Return AWS's error code, or the name of the exception where no answer came."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def _may_pass(error: ClientError | BotoCoreError) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error_code(error) in _PASSING or status >= _FIRST_SERVER_ERROR or status == _TOO_MANY_REQUESTS
    return isinstance(error, (NoConnectionError, HTTPClientError))
