"""The AWS calls, the duration and the log bytes of one invocation.

Calls and log bytes are the functions' own: `tests/ops/capacity/test_calls.py` counts them. Durations are assumed: CPU
of the calls, which Lambda stretches by the share of a vCPU that the memory buys, plus what the calls wait for. The CPU
figures come from one development machine (Python 3.11, botocore 1.43, 2026-11) and the waits from AWS's "single-digit
milliseconds"; neither is a measurement of AWS. Give what your own functions' metrics show (`--ingestion-milliseconds`,
`--processor-milliseconds`).
"""

import math
from typing import Final

from handlers.aws.alert_state import PARTITIONS
from handlers.aws.alert_state_reader import MAXIMUM_READS, MAXIMUM_STATES, STATES_IN_A_UNIT, WORTH
from handlers.aws.clients import CONNECTIONS
from handlers.aws.processed_table import MAXIMUM_WRITES

Calls = dict[str, float]
"""The number of calls by operation, in AWS's spelling."""

CALL_MILLISECONDS: Final = {
    "PutItem": (1.35, 5.0),
    "SendMessageBatch": (1.5, 10.0),
    "BatchWriteItem": (2.7, 8.0),
    "BatchGetItem": (5.4, 8.0),
    "Query": (1.35, 8.0),
}
"""CPU and wait of one call with as many items as it may carry; a query that finds nothing takes PutItem's CPU."""
STATE_MILLISECONDS: Final = 0.056
"""CPU of each alert state that a query finds."""
READING_MILLISECONDS: Final = 0.12
"""CPU of parsing, checking and encoding: the slower of the functions that `bench.warm_path` measures with 100 readings
in an invocation. A test compares it with the committed result."""
INVOCATION_MILLISECONDS: Final = 2.0
"""CPU of logging, metrics, tracing and the runtime's own part."""
FULL_CORE_MEGABYTES: Final = 1769
"""Memory that buys one vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html."""

LOG_EVENT_OVERHEAD_BYTES: Final = 26
"""Of each log event:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html."""
PLATFORM_LOG_BYTES: Final = 700 + 2 * LOG_EVENT_OVERHEAD_BYTES
"""Lambda's own two JSON lines of an invocation, start and report, with the trace's ids: an assumption."""
REQUEST_LOG_BYTES: Final = PLATFORM_LOG_BYTES + 364 + LOG_EVENT_OVERHEAD_BYTES
"""Of ingestion for a request: metrics, which are always written."""
REQUEST_SUCCESS_LOG_BYTES: Final = 438 + LOG_EVENT_OVERHEAD_BYTES
"""Of ingestion's line for a request that succeeds."""
_VALUES_A_LINE: Final = 100
"""The maximum of values of a metric in CloudWatch's embedded metric format; Powertools then begins another line."""


def batch_calls(readings: float, pairs: float, states: float = 0) -> Calls:
    """Return the processor's calls for a batch, without its parameter; those of a mean are a mean, too.

    Args:
        readings: In its messages.
        pairs: Of a device and a rule in the batch: the alert state of each is read.
        states: That are stored, of all devices.
    """
    writes = {"BatchWriteItem": _calls(readings, MAXIMUM_WRITES)}
    if queries_states(pairs, states):
        return {**writes, "Query": PARTITIONS}
    return {**writes, "BatchGetItem": _calls(pairs, MAXIMUM_READS)}


def queries_states(pairs: float, states: float) -> bool:
    """Return whether the processor queries the partitions of alert states, by its own rule, or gets each state."""
    units = max(1, math.ceil(states / PARTITIONS / STATES_IN_A_UNIT))
    return states / PARTITIONS <= MAXIMUM_STATES and pairs > WORTH * PARTITIONS * units


def _calls(number: float, maximum: int) -> float:
    """Return how many calls carry a number of things; between two whole numbers, the mean of both."""
    below = math.floor(number)
    share = number - below
    return (1 - share) * math.ceil(below / maximum) + share * math.ceil((below + 1) / maximum)


def seconds(
    calls: Calls, readings: float, memory_megabytes: int, states: float = 0, connections: int = CONNECTIONS
) -> float:
    """Return the duration of one invocation in which nothing fails.

    Args:
        calls: Its AWS calls.
        readings: The number of readings that it handles.
        memory_megabytes: The function's memory.
        states: The number of alert states that its queries find.
        connections: How many calls of one kind it makes at once.
    """
    cpu = INVOCATION_MILLISECONDS + readings * READING_MILLISECONDS + states * STATE_MILLISECONDS
    cpu += sum(number * CALL_MILLISECONDS[name][0] for name, number in calls.items())
    rounds = {name: max(min(number, 1.0), number / connections) for name, number in calls.items()}
    wait = sum(number * CALL_MILLISECONDS[name][1] for name, number in rounds.items())
    return (cpu / min(1.0, memory_megabytes / FULL_CORE_MEGABYTES) + wait) / 1000


def batch_log_bytes(messages: float, requests: float, *, logs_success: bool) -> float:
    """Return the log bytes of the processor for a batch.

    Args:
        messages: In the batch; the lag of each is a value of a metric.
        requests: From how many requests they come; the line of a success has the id of each.
        logs_success: Whether the log level includes that line.
    """
    success = 427 + 39 * requests + LOG_EVENT_OVERHEAD_BYTES if logs_success else 0
    lines = math.ceil(messages / _VALUES_A_LINE)
    metrics = 388 + 210 * (lines - 1) + 8 * messages + LOG_EVENT_OVERHEAD_BYTES * lines
    return PLATFORM_LOG_BYTES + metrics + success
