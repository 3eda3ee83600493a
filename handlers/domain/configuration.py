"""The configuration that operators change without a deployment: JSON in a parameter."""

from typing import Annotated

import msgspec

from handlers.contract import (
    MAXIMUM_BATCH_SIZE,
    MAXIMUM_PROCESSING_TIMEOUT,
    MAXIMUM_RULE_NAME_LENGTH,
    MINIMUM_PROCESSING_TIMEOUT,
)
from handlers.domain.rules import Rule
from handlers.errors import InvalidParameterError

BatchSize = Annotated[int, msgspec.Meta(ge=1, le=MAXIMUM_BATCH_SIZE)]
ProcessingTimeout = Annotated[int, msgspec.Meta(ge=MINIMUM_PROCESSING_TIMEOUT, le=MAXIMUM_PROCESSING_TIMEOUT)]
RuleName = Annotated[str, msgspec.Meta(min_length=1, max_length=MAXIMUM_RULE_NAME_LENGTH)]


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameter's members.

    Attributes:
        batch_size: the maximum number of readings in one request.
        processing_timeout: seconds that the processor may spend on one batch.
        rules: limits by the name of a sensor value or derived value.
    """

    batch_size: BatchSize = 100
    processing_timeout: ProcessingTimeout = 60
    rules: dict[RuleName, Rule] = {}


def read_configuration(text: str) -> Configuration:
    """Read the parameter's text.

    Raises:
        InvalidParameterError: it is not JSON, or not a configuration.
    """
    try:
        return msgspec.json.decode(text, type=Configuration)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise InvalidParameterError(str(error)) from None
