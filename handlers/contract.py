"""The names that the generator and the handlers share.

The generator writes them into the functions' environment, the alarms and the API's models; the handlers read and
emit them. It imports nothing of the project, so that both can import it.
"""

from typing import Final

METRICS_NAMESPACE: Final = "IotPipeline"
METRICS_ENVIRONMENT_DIMENSION: Final = "Environment"
"""The one dimension of every custom metric; its value is the environment suffix."""
ENVIRONMENT_VARIABLE: Final = "ENVIRONMENT"
"""Every function has it: the environment suffix."""


class Metric:
    """Names of the custom metrics, all in `METRICS_NAMESPACE`."""

    READINGS_ACCEPTED: Final = "ReadingsAccepted"
    READINGS_REJECTED: Final = "ReadingsRejected"
    READINGS_DUPLICATE: Final = "ReadingsDuplicate"
    READINGS_PROCESSED: Final = "ReadingsProcessed"
    """Counted each time: readings that share a message with a deferred one are processed again with it."""
    READINGS_FAILED: Final = "ReadingsFailed"
    """Counted each time that they are received; a message that cannot be read counts as one."""
    ALERTS_PUBLISHED: Final = "AlertsPublished"
    BATCH_SIZE: Final = "BatchSize"
    """Messages."""
    END_TO_END_LAG: Final = "EndToEndLag"
    """Milliseconds from acceptance to the processed items, one value for each message: its readings share it, and
Powertools writes more lines where there are more than 100."""
    CONFIGURATION_INVALID: Final = "ConfigurationInvalid"


TTL_ATTRIBUTE: Final = "expires_at"
"""The attribute, epoch seconds, by which DynamoDB expires items."""

ALERT_STATES_PREFIX: Final = "#alert#"
"""Prefix of the hash keys of alert states in the processed table. No device's id contains a `#`: the items under a
device's id are only its readings."""

DEVICE_ID_PATTERN: Final = "^[A-Za-z0-9_.:-]{1,128}$"
MAXIMUM_SENSOR_MEMBERS: Final = 100
MAXIMUM_STRING_LENGTH: Final = 256
MAXIMUM_RULE_NAME_LENGTH: Final = 223
"""In UTF-8, four bytes each: with a device's id before it, no more than a sort key's 1,024
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html)."""
MAXIMUM_BATCH_SIZE: Final = 100
"""Of readings in one request, whatever the config parameter's `batch_size` is."""
MINIMUM_PROCESSING_TIMEOUT: Final = 10
"""Seconds: twice the time reserved for one call, so that each batch makes progress."""
MAXIMUM_PROCESSING_TIMEOUT: Final = 900
"""Seconds: the longest that Lambda lets a function run."""
DEFAULT_PAGE_LIMIT: Final = 100
MAXIMUM_PAGE_LIMIT: Final = 1000
MAXIMUM_BODY_BYTES: Final = 1_048_576
"""Of a request. Lambda's event with such a body is below 6 MB, so that the function can answer, unless the body is made
of control characters, which take six bytes each there."""
CONTENT_CODINGS: Final = ("gzip", "deflate", "identity")
"""Of a body: API Gateway decodes it, and does not change the header Content-Encoding
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html)."""
TIMESTAMP_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?$"
)
"""ISO 8601 date and time, RFC 3339 included; without an offset it is UTC."""
DEFAULT_OLDEST_TIMESTAMP: Final = "2000-01-01"
"""A UTC day: a reading from before it comes from a clock that is not set."""
MAXIMUM_TIMESTAMP: Final = 253_402_300_799_999
"""Epoch milliseconds of the last moment of the year 9999, after which a date has five digits."""
INTERVAL_PATTERN: Final = "^(P1D|PT([1-9][0-9]?H)?([1-9][0-9]{0,3}M)?)$"
"""ISO 8601 durations of days, hours and minutes; the value must be between the two below."""
MINIMUM_INTERVAL: Final = 60_000
MAXIMUM_INTERVAL: Final = 86_400_000
"""Milliseconds: the intervals to which a series can be downsampled, from PT1M to P1D."""
STATISTICS: Final = ("min", "max", "avg", "sum", "count")
