"""The configuration as it stands in its parameter."""

from typing import TYPE_CHECKING, Final

from handlers.aws.parameters import Parameter
from handlers.aws.retrying import Retrying
from handlers.contract import Metric
from handlers.domain.configuration import Configuration, read_configuration
from handlers.errors import InvalidParameterError
from handlers.observability import count, logger

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

_DEFAULTS: Final = Configuration()


class ConfigurationParameter:
    """Gives the last good configuration; the defaults where there never was one."""

    def __init__(self, client: "SSMClient", name: str) -> None:
        """Take the parameter's name."""
        self._parameter = Parameter(client, name, read_configuration, _report)

    def current(self, retrying: Retrying) -> Configuration:
        """Return the configuration.

        Raises:
            UnavailableError: AWS does not answer, and the configuration was never read.
        """
        return self._parameter.value(retrying) or _DEFAULTS


def _report(error: InvalidParameterError) -> None:
    logger.error("the configuration cannot be used", reason=str(error))
    count(Metric.CONFIGURATION_INVALID)
