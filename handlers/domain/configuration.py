"""The configuration that operators change without a deployment: JSON in a parameter."""

from decimal import Decimal
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


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as it is written; see `handlers.domain.rules.Rule`."""

    min: Decimal | None = None
    max: Decimal | None = None
    hysteresis: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Refuse limits that can never be met or never be left."""
        self.rule()

    def rule(self) -> Rule:
        """Return the rule.

        Raises:
            ValueError: see `Rule`.
        """
        return Rule(self.min, self.max, self.hysteresis)


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the parameter may say.

    Attributes:
        batch_size: the most readings in one request.
        processing_timeout: seconds that the processor may spend on one batch.
        rules: limits by the name of a sensor value or derived value.
    """

    batch_size: BatchSize = 100
    processing_timeout: ProcessingTimeout = 60
    rules: dict[RuleName, Limits] = {}

    def named_rules(self) -> dict[str, Rule]:
        """Return the rules by their names."""
        return {name: limits.rule() for name, limits in self.rules.items()}


def read_configuration(text: str) -> Configuration:
    """Read the parameter's text.

    Raises:
        InvalidParameterError: it is not JSON, or not a configuration.
    """
    try:
        return msgspec.json.decode(text, type=Configuration)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise InvalidParameterError(str(error)) from None
