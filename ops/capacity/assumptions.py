"""What the model assumes where neither the settings nor AWS's documentation say it.

Durations above all. Their default is computed: CPU of the calls that an invocation makes, which Lambda stretches by the
share of a vCPU that the memory buys, plus what the calls wait for. The CPU figures come from one development machine
and the waits from AWS's words ("single-digit milliseconds"): both are assumptions, not measurements of AWS. Set what
your own functions' metrics say (`--ingestion-milliseconds`, `--processor-milliseconds`).
"""

from dataclasses import dataclass
from typing import Final

from handlers.aws.clients import CONNECTIONS
from handlers.aws.retrying import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS

FULL_CORE_MEGABYTES: Final = 1769
"""Memory that buys one vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html."""

CPU_MILLISECONDS: Final = {
    "PutItem": 1.35,
    "SendMessageBatch": 1.5,
    "BatchWriteItem": 2.7,
    "BatchGetItem": 5.4,
    "Query": 1.35,
}
"""Of one call in boto3, on one core of a development machine (Python 3.11, botocore 1.43, 2026-11), with as
many items as it may carry. A query that finds nothing is taken to be as dear as PutItem."""
CPU_MILLISECONDS_A_STATE: Final = 0.056
"""Of each state that a query finds, an assumption of the same kind."""
CPU_MILLISECONDS_A_READING: Final = 0.12
"""Parsing, checking and encoding, in either function: the dearer of those that `bench.warm_path` measures with 100
readings in an invocation. A test holds it against the committed result."""
CPU_MILLISECONDS_AN_INVOCATION: Final = 2.0
"""Logging, metrics, tracing and the runtime's own part, the same way."""
WAIT_MILLISECONDS: Final = {
    "PutItem": 5.0,
    "SendMessageBatch": 10.0,
    "BatchWriteItem": 8.0,
    "BatchGetItem": 8.0,
    "Query": 8.0,
}
LEAST_MILLISECONDS: Final = 0.001
MOST_MILLISECONDS: Final = 900_000
"""Lambda's longest timeout."""
_GREATEST_SHARES: Final = {"alert_rate": 0.5, "alerting_devices": 1, "failure_rate": 0.5, "message_failure_rate": 0.5}


@dataclass(frozen=True)
class Assumptions:
    """What can be set.

    Attributes:
        ingestion_milliseconds: Duration of ingestion for a request; None: computed, see the module.
        processor_milliseconds: Duration of the processor for an average batch; None: computed.
        receive_milliseconds: A ReceiveMessage that finds messages; how many a receive finds follows from it.
        alert_rate: Share of readings that begin or end an alert.
        alerting_devices: Share of devices that are in alert, or were within the last day.
        failure_rate: Share of AWS calls that fail and are repeated.
        message_failure_rate: Share of deliveries that are put off, to be received again.
    """

    ingestion_milliseconds: float | None = None
    processor_milliseconds: float | None = None
    receive_milliseconds: float = 20.0
    alert_rate: float = 0.0
    alerting_devices: float = 0.01
    failure_rate: float = 0.0
    message_failure_rate: float = 0.0

    def problems(self) -> list[str]:
        """Everything that is wrong."""
        found = []
        allowed = f"allowed is from {LEAST_MILLISECONDS} to {MOST_MILLISECONDS}"
        for name in ("ingestion_milliseconds", "processor_milliseconds", "receive_milliseconds"):
            value = getattr(self, name)
            if value is not None and not LEAST_MILLISECONDS <= value <= MOST_MILLISECONDS:
                found.append(f"--{name.replace('_', '-')} {value:g}: {allowed}")
        for name, most in _GREATEST_SHARES.items():
            value = getattr(self, name)
            if not 0 <= value <= most:
                found.append(f"--{name.replace('_', '-')} {value:g}: allowed is from 0 to {most:g}")
        return found


def seconds(
    calls: dict[str, float],
    readings: float,
    memory_megabytes: int,
    given_milliseconds: float | None = None,
    states: float = 0,
) -> float:
    """Assumed duration of one invocation in which nothing fails.

    Args:
        calls: Its AWS calls by operation.
        readings: How many readings it handles.
        memory_megabytes: The function's memory.
        given_milliseconds: What to assume instead of computing it.
        states: Of alerts that its queries find.
    """
    if given_milliseconds is not None:
        return given_milliseconds / 1000
    cpu = CPU_MILLISECONDS_AN_INVOCATION + readings * CPU_MILLISECONDS_A_READING
    cpu += states * CPU_MILLISECONDS_A_STATE
    cpu += sum(number * CPU_MILLISECONDS[name] for name, number in calls.items())
    share = min(1.0, memory_megabytes / FULL_CORE_MEGABYTES)
    wait = sum(_waves(number) * WAIT_MILLISECONDS[name] for name, number in calls.items())
    return (cpu / share + wait) / 1000


def waits(calls: dict[str, float]) -> float:
    """How many calls an invocation makes one after another."""
    return sum(_waves(number) for number in calls.values())


def _waves(number: float) -> float:
    """Calls of one kind that wait for each other: the handlers make as many at once as a client has connections."""
    return max(min(number, 1.0), number / CONNECTIONS)


def pauses(failure_rate: float) -> float:
    """Mean seconds that the handlers pause for one call, with full jitter."""
    total, share = 0.0, failure_rate
    for attempt in range(20):
        total += share * min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt) / 2
        share *= failure_rate
    return total


def attempts(failure_rate: float) -> float:
    """How often a call is made until it succeeds, on average."""
    return 1 / (1 - failure_rate)
