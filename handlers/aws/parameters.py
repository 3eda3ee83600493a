"""SSM parameters, kept for a while: GetParameter is 40 a second by default for a whole account."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from botocore.exceptions import ClientError

from handlers.aws.retrying import Retrying
from handlers.errors import InvalidParameterError, UnavailableError

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

LIFETIME_SECONDS: Final = 60.0
LONGEST_READ_SECONDS: Final = 10.0
"""Including repeats: what waits for the parameter needs time too."""

Value = TypeVar("Value")


class Parameter(Generic[Value]):
    """One parameter, read again when it is older than a minute.

    While AWS does not answer, or the text is invalid, the last good value stays.
    """

    def __init__(
        self,
        client: "SSMClient",
        name: str,
        read: Callable[[str], Value],
        on_invalid: Callable[[InvalidParameterError], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is needed to read it.

        Args:
            client: SSM.
            name: of the parameter; a SecureString is decrypted.
            read: turns the text into a value, or raises `InvalidParameterError`.
            on_invalid: told of a text that cannot be used, each time it is read.
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
        """Return the value, or nothing where no good one was ever read.

        Raises:
            UnavailableError: AWS does not answer, and no good value was ever read.
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
