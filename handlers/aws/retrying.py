"""AWS calls, repeated after transient failures while time remains.

Full jitter, https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/: each pause is drawn
between zero and a bound that doubles.
"""

import random
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final, Protocol, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from handlers.aws.clients import CALL_SECONDS
from handlers.errors import RefusedError, UnavailableError

FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 2.0

_ANSWERS: Final = frozenset({"ConditionalCheckFailedException", "ParameterNotFound"})
"""Error codes that are answers; the caller handles them."""
_REFUSAL: Final = "ValidationException"
_TRANSIENT: Final = frozenset(
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
_MILLISECONDS: Final = 1000

Answer = TypeVar("Answer")


class Context(Protocol):
    """The part of Lambda's context that knows how much time an invocation has left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        ...


class Retrying(msgspec.Struct, frozen=True):
    """Calls AWS again after a throttle or a transient failure, never past a deadline.

    Attributes:
        remaining: returns the seconds until the deadline; negative afterwards.
    """

    remaining: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, context: Context, reserved_seconds: float) -> "Retrying":
        """Return the calls of an invocation, which leave some seconds for its last steps."""
        return cls(lambda: context.get_remaining_time_in_millis() / _MILLISECONDS - reserved_seconds)

    def within(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Retrying":
        """Return the same with a deadline that many seconds from now, if that is earlier."""
        end = clock() + seconds
        return Retrying(lambda: min(self.remaining(), end - clock()), self.sleep)

    def call(self, operation: Callable[..., Answer], **arguments: Any) -> Answer:
        """Call a client's operation.

        Raises:
            UnavailableError: it failed permanently, or time ran out.
            RefusedError: AWS refuses the request itself.
            ClientError: an answer such as `ConditionalCheckFailedException`.
        """
        name = operation.__name__
        attempts = count()
        while self.remaining() >= CALL_SECONDS:
            try:
                return operation(**arguments)
            except (ClientError, BotoCoreError) as error:
                code = error_code(error)
                if code in _ANSWERS:
                    raise
                if code == _REFUSAL:
                    raise RefusedError(name, code) from error
                if not _is_transient(error) or not self.pause(next(attempts)):
                    raise UnavailableError(name, code) from error
        raise UnavailableError(name, "no time left")

    def pause(self, attempt: int) -> bool:
        """Wait before another attempt.

        Args:
            attempt: how many attempts failed before the last one.

        Returns:
            Whether there is time for another attempt; if not, it returns at once.
        """
        bound = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
        seconds = random.uniform(0, bound)  # noqa: S311 - spreads load, no secret depends on it
        if self.remaining() - seconds < CALL_SECONDS:
            return False
        self.sleep(seconds)
        return True


def error_code(error: ClientError | BotoCoreError) -> str:
    """Return AWS's error code, or the exception's name where AWS sent no response."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def _is_transient(error: ClientError | BotoCoreError) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error_code(error) in _TRANSIENT or status >= _FIRST_SERVER_ERROR or status == _TOO_MANY_REQUESTS
    return isinstance(error, (NoConnectionError, HTTPClientError))
