"""SSM parameters, cached for a minute: by default an account may call GetParameter 40 times a second."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from botocore.exceptions import ClientError

from handlers.aws.retrying import Retrying
from handlers.contract import Metric
from handlers.domain.configuration import Configuration, read_configuration
from handlers.errors import InvalidParameterError, UnavailableError
from handlers.observability import count, logger

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

LIFETIME_SECONDS: Final = 60.0
LONGEST_READ_SECONDS: Final = 10.0
"""Including retries: the work that needs the parameter needs time, too."""

_DEFAULTS: Final = Configuration()

Value = TypeVar("Value")


class Parameter(Generic[Value]):
    """One parameter, read again after a minute.

    While AWS fails, or the text is invalid, the last valid value is used.
    """

    def __init__(
        self,
        client: "SSMClient",
        name: str,
        read: Callable[[str], Value],
        on_invalid: Callable[[InvalidParameterError], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Create a parameter that was not read yet.

        Args:
            client: SSM.
            name: of the parameter; a SecureString is decrypted.
            read: converts the text into a value, or raises `InvalidParameterError`.
            on_invalid: called each time that the text is invalid.
            clock: seconds.
        """
        self._client = client
        self._name = name
        self._read = read
        self._on_invalid = on_invalid
        self._clock = clock
        self._value: Value | None = None
        self._stale_at = clock()

    def value(self, retrying: Retrying) -> Value | None:
        """Return the value, or None where no valid one was ever read.

        Raises:
            UnavailableError: AWS failed, and no valid value was ever read.
        """
        if self._clock() >= self._stale_at:
            self._refresh(retrying)
        return self._value

    def _refresh(self, retrying: Retrying) -> None:
        try:
            self._value = self._read(self._text(retrying.within(LONGEST_READ_SECONDS)))
        except InvalidParameterError as error:
            self._on_invalid(error)
        except UnavailableError:
            if self._value is None:
                raise
        self._stale_at = self._clock() + LIFETIME_SECONDS

    def _text(self, retrying: Retrying) -> str:
        try:
            answer = retrying.call(self._client.get_parameter, Name=self._name, WithDecryption=True)
        except ClientError:
            raise InvalidParameterError(f"{self._name} does not exist") from None
        return answer["Parameter"]["Value"]


def configuration(client: "SSMClient", name: str) -> Callable[[Retrying], Configuration]:
    """Return a function that returns the last valid configuration, and the defaults where there never was one.

    It raises an `UnavailableError` if AWS failed and the configuration was never read.
    """
    parameter = Parameter(client, name, read_configuration, _report_invalid)
    return lambda retrying: parameter.value(retrying) or _DEFAULTS


def _report_invalid(error: InvalidParameterError) -> None:
    logger.error("the configuration is invalid", reason=str(error))
    count(Metric.CONFIGURATION_INVALID)
