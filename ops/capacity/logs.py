"""Bytes that an invocation logs; `tests/ops/capacity/test_calls.py` holds the functions' own against the functions."""

import math
from typing import Final

EVENT_OVERHEAD_BYTES: Final = 26
"""Of each log event:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html."""
PLATFORM_BYTES: Final = 700 + 2 * EVENT_OVERHEAD_BYTES
"""Lambda's own two JSON lines of an invocation, start and report, the trace's ids included: an assumption."""
ACCESS_LOG_BYTES: Final = 560 + EVENT_OVERHEAD_BYTES
"""A line of the stage's access log: the names in `generate.builders.api` and typical values, an assumption."""

_REQUEST_LINE: Final = 438
_REQUEST_METRICS: Final = 364
_BATCH_LINE: Final = 427
_CORRELATION_ID: Final = 39
_BATCH_METRICS: Final = 388
_MORE_METRICS: Final = 210
_LAG: Final = 8
_VALUES_A_LINE: Final = 100
"""Values that a metric may have: CloudWatch's embedded metric format; Powertools then begins another line."""


def of_request(*, is_told: bool) -> float:
    """Ingestion's own bytes for a request.

    Args:
        is_told: Whether the log level lets its line through; metrics are always written.
    """
    return _REQUEST_METRICS + (_REQUEST_LINE if is_told else 0)


def of_batch(messages: float, requests: float, *, is_told: bool) -> float:
    """The processor's own bytes for a batch.

    Args:
        messages: In the batch; the lag of each is a value of a metric.
        requests: From how many requests they come; the line names each.
        is_told: Whether the log level lets its line through.
    """
    line = _BATCH_LINE + _CORRELATION_ID * requests if is_told else 0
    more = math.ceil(messages / _VALUES_A_LINE) - 1
    return _BATCH_METRICS + more * (_MORE_METRICS + EVENT_OVERHEAD_BYTES) + _LAG * messages + line


def lines(*, is_told: bool) -> float:
    """Bytes beside the function's own: Lambda's lines, and the overhead of the function's."""
    return PLATFORM_BYTES + EVENT_OVERHEAD_BYTES * (2 if is_told else 1)
