"""How an event source mapping turns a stream of messages into batches, on average.

AWS documents the parts: five pollers at first and more while messages wait, a batching window that begins with a
batch's first message, ten messages a receive, long polls of 20 s. Not documented and assumed: messages spread evenly
over the pollers that are free, and pollers are added until they are busy for 80 % of the time.
`tests/ops/capacity/simulation.py` simulates the same parts one by one, and a test compares.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ops.capacity.published import limit

MESSAGES_A_RECEIVE: Final = limit("sqs.receive")
LONG_POLL_SECONDS: Final = limit("sqs.long_poll")
FIRST_POLLERS: Final = limit("event_source_mapping.first_pollers")
RECEIVE_SECONDS: Final = 0.02
"""Duration of a receive that finds messages: an assumption."""
_BUSY: Final = 0.8
_MINIMUM_FREE: Final = 0.02
"""Share of the pollers that are always taken as free, so that the iteration converges."""
_ITERATIONS: Final = 60


@dataclass(frozen=True)
class Polling:
    """What an event source mapping does, where nothing limits its concurrency.

    Attributes:
        batch_size: Messages in a batch.
        batches: Batches a second.
        receives: Receives a second that find messages.
        empty_receives: Receives a second that find none; they are charged, too.
        pollers_needed: Pollers that full batches keep busy all the time; with fewer, the queue grows.
    """

    batch_size: float
    batches: float
    receives: float
    empty_receives: float
    pollers_needed: float


def poll(messages: float, group: int, batch_size: int, window: float, duration: Callable[[float], float]) -> Polling:
    """Find the batch size at which batches and free pollers agree.

    Args:
        messages: Messages a second.
        group: How many of them arrive at once; at most 10, what one send carries.
        batch_size: The maximum of messages in a batch.
        window: Seconds that a batch may wait to fill.
        duration: The function's duration for a batch of a number of messages.
    """
    collecting = math.ceil(batch_size / MESSAGES_A_RECEIVE) * RECEIVE_SECONDS
    needed = messages / batch_size * (collecting + duration(batch_size))
    pollers = FIRST_POLLERS * max(1, math.ceil(needed / _BUSY / FIRST_POLLERS))
    maximum = batch_size if window else min(batch_size, MESSAGES_A_RECEIVE)
    size, free = float(min(group, batch_size)), float(pollers)
    for _ in range(_ITERATIONS):
        free = max(_MINIMUM_FREE * pollers, pollers - messages / size * duration(size))
        waiting = messages * (RECEIVE_SECONDS + duration(size)) / pollers
        size = (size + min(maximum, group + messages * window / free if window else max(group, waiting))) / 2
    # What arrives during a receive is found by the next one: at least a group, more where few pollers are free.
    meanwhile = messages * RECEIVE_SECONDS / free
    found = min(MESSAGES_A_RECEIVE, (group**3 + meanwhile**3) ** (1 / 3)) if window else size
    # Polls of 20 s before a batch's first message end empty; so does the last receive of a batch that is not full,
    # unless the window ends during one that finds something.
    idle = math.exp(-messages / group / free * LONG_POLL_SECONDS)
    is_full = not window or size > batch_size - group / 2
    last = 0.0 if is_full else max(0.0, 1 - messages / found / free * RECEIVE_SECONDS)
    batches = messages / size
    return Polling(size, batches, messages / found, batches * (last + idle / (1 - idle)), needed)
