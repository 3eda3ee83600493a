"""The AWS calls of one invocation: what `tests/ops/capacity/test_calls.py` counts in the functions themselves."""

import math

from handlers.aws.alert_state import PARTITIONS
from handlers.aws.alert_state_reader import MAXIMUM_READS, MAXIMUM_STATES, STATES_IN_A_UNIT, WORTH
from handlers.aws.processed_table import MAXIMUM_WRITES
from handlers.aws.sqs_batches import MAXIMUM_ENTRIES

Calls = dict[str, float]
"""How often, by operation in AWS's spelling."""


def of_request(readings: int, messages: int) -> Calls:
    """Calls of ingestion for a request, its parameters aside, which it keeps for a minute.

    Args:
        readings: In it. Each is stored under a condition of its own, which BatchWriteItem does not know.
        messages: Into which they are packed.
    """
    return {"PutItem": readings, "SendMessageBatch": math.ceil(messages / MAXIMUM_ENTRIES)}


def of_batch(readings: float, decided: float, states: float = 0) -> Calls:
    """Calls of the processor for a batch in which nothing fails, its parameter aside.

    Args:
        readings: In its messages; of a mean, the calls are a mean, too.
        decided: Pairs of a device and a rule about which they decide: the states of all are read.
        states: That are known of all devices.
    """
    writes = {"BatchWriteItem": _calls(readings, MAXIMUM_WRITES)}
    if is_queried(decided, states):
        return {**writes, "Query": PARTITIONS}
    return {**writes, "BatchGetItem": _calls(decided, MAXIMUM_READS)}


def is_queried(decided: float, states: float) -> bool:
    """Whether the states of a batch are read by partitions: as the handlers decide it.

    Args:
        decided: Pairs of a device and a rule in the batch.
        states: That are known of all devices.
    """
    units = max(1, math.ceil(states / PARTITIONS / STATES_IN_A_UNIT))
    return states / PARTITIONS <= MAXIMUM_STATES and decided > WORTH * PARTITIONS * units


def _calls(number: float, most: int) -> float:
    """How many calls carry so many, of which each carries the most; of a mean between whole numbers, so is the answer.

    No cost jumps that way.
    """
    below = math.floor(number)
    share = number - below
    return (1 - share) * math.ceil(below / most) + share * math.ceil((below + 1) / most)


def of_alert() -> Calls:
    """Calls that tell of one change: a look, the decision, another look, the claim, the publication, its record.

    Of every other one, the state is forgotten in the end.
    """
    return {"Query": 2, "UpdateItem": 3, "Publish": 1, "DeleteItem": 0.5}


def summed(*parts: tuple[float, Calls]) -> Calls:
    """Several sets of calls, each as many times as said."""
    total: Calls = {}
    for times, calls in parts:
        for name, number in calls.items():
            total[name] = total.get(name, 0) + times * number
    return total
