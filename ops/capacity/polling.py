"""How an event source mapping turns a stream of messages into batches, on average.

AWS documents the parts: five pollers at first and 300 more a minute while messages wait, a batching window that begins
with a batch's first message, ten messages a receive, long polls of 20 s. Assumed is what it does not say: messages
spread evenly over the pollers that wait or collect, and pollers come five at a time until they keep up with ease.
`ops.capacity.simulation` plays the same parts one by one, and a test compares.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ops.capacity.limits import limit

RECEIVE: Final = limit("sqs.receive")
LONG_POLL_SECONDS: Final = limit("sqs.long_poll")
FIRST_POLLERS: Final = limit("event_source_mapping.first_pollers")
UNLIMITED: Final = 1_000_000_000
"""Pollers, where the question is what a load costs and not whether it is carried."""
_ROUNDS: Final = 60
_FIRST_BUSY: Final = 0.95
"""Share of the time up to which the first pollers keep up alone: no message waits until others come."""
_BUSY: Final = 0.8
"""Share of the time that pollers are busy at most where there can be more of them: below, no message waits long."""
_FULL: Final = 0.98
"""Share from which a mean batch counts as full."""
_LEAST_FREE: Final = 0.02
"""Share of the pollers that wait where all seem busy: keeps the iteration in its bounds."""

Duration = Callable[[float], float]
"""Seconds that the function takes for a batch of so many messages."""


@dataclass(frozen=True)
class Mapping:
    """A mapping's settings.

    Attributes:
        batch_size: The most messages in a batch.
        window: Seconds that a batch may wait to fill.
        most_pollers: Its maximum concurrency, or AWS's.
        receive_seconds: Duration of a receive that finds messages.
    """

    batch_size: int
    window: float
    most_pollers: int
    receive_seconds: float

    @property
    def collecting_seconds(self) -> float:
        """What it takes to receive a full batch from a queue that holds enough."""
        return math.ceil(self.batch_size / RECEIVE) * self.receive_seconds


@dataclass(frozen=True)
class Polling:
    """A mapping at work.

    Attributes:
        batch_size: Messages in a batch.
        batches: Batches a second.
        receives: Receives a second that find messages.
        empty_receives: Receives a second that find none; they are charged, too.
        pollers_needed: Pollers that full batches keep busy all the time; over the most, the queue grows.
        lag_seconds: From a message's arrival to its batch's start; infinite where the queue grows.
    """

    batch_size: float
    batches: float
    receives: float
    empty_receives: float
    pollers_needed: float
    lag_seconds: float


def poll(mapping: Mapping, messages: float, group: float, duration: Duration) -> Polling:
    """Work out how a mapping handles a steady stream.

    Args:
        mapping: Its settings.
        messages: Messages a second.
        group: How many of them arrive at once; at most 10, what one send carries.
        duration: Of a batch.
    """
    cycle = mapping.collecting_seconds + duration(mapping.batch_size)
    needed = messages / mapping.batch_size * cycle
    if needed > mapping.most_pollers:
        return _saturated(mapping, needed, cycle)
    pollers = min(_pollers(needed), mapping.most_pollers)
    size, free = min(group, float(mapping.batch_size)), float(pollers)
    for _ in range(_ROUNDS):
        free = max(_LEAST_FREE * pollers, pollers - messages / size * duration(size))
        if mapping.window:
            found = _collected(mapping, messages / group / free, group)
        else:
            waiting = messages * (mapping.receive_seconds + duration(size)) / pollers
            found = min(RECEIVE, mapping.batch_size, max(group, waiting))
        size = (size + found) / 2
    return _steady(mapping, messages, group, _Balance(size, free, needed))


def _pollers(needed: float) -> int:
    """How many there are where so many would be busy all the time."""
    if needed <= FIRST_POLLERS * _FIRST_BUSY:
        return FIRST_POLLERS
    return FIRST_POLLERS * math.ceil(needed / _BUSY / FIRST_POLLERS)


@dataclass(frozen=True)
class _Balance:
    """Where batches and free pollers agree: messages in a batch, pollers that wait or collect, pollers needed."""

    size: float
    free: float
    needed: float


def _collected(mapping: Mapping, groups: float, group: float) -> float:
    """Mean batch of a poller to which so many groups come each second, in Poisson's way, within its window."""
    mean, room = groups * mapping.window, mapping.batch_size - group
    if room <= 0 or group * mean > 4 * room:
        return float(mapping.batch_size)
    total, covered, probability = 0.0, 0.0, math.exp(-mean)
    for number in range(math.ceil(room / group)):
        total += probability * number * group
        covered += probability
        probability *= mean / (number + 1)
    return group + total + max(0.0, 1 - covered) * room


def _steady(mapping: Mapping, messages: float, group: float, balance: _Balance) -> Polling:
    size, free = balance.size, balance.free
    batches, groups = messages / size, messages / group / free
    # What comes while a receive is on its way is found by the next; few pollers and many messages fill receives.
    found = (
        size
        if not mapping.window
        else min(RECEIVE, (group**3 + (messages * mapping.receive_seconds / free) ** 3) ** (1 / 3))
    )
    receiving = min(1.0, messages / found / free * mapping.receive_seconds)
    filled = min(mapping.window, (size - group) / (groups * group)) if size > group else mapping.window
    # A batch that is not full ends with a receive that finds nothing, unless its window ends during one that does.
    last = 1 - receiving if mapping.window and size < mapping.batch_size * _FULL else 0.0
    return Polling(
        batch_size=size,
        batches=batches,
        receives=messages / found,
        empty_receives=batches * (last + _idle_polls(groups)),
        pollers_needed=balance.needed,
        lag_seconds=filled * (group + (size - group) / 2) / size + mapping.receive_seconds,
    )


def _idle_polls(groups: float) -> float:
    """Long polls that end empty before the first message of a batch comes."""
    ended = math.exp(-groups * LONG_POLL_SECONDS)
    return ended / (1 - ended)


def _saturated(mapping: Mapping, needed: float, cycle: float) -> Polling:
    """Every poller works all the time, with full batches, and the queue grows."""
    batches = mapping.most_pollers / cycle
    receives = batches * math.ceil(mapping.batch_size / RECEIVE)
    return Polling(float(mapping.batch_size), batches, receives, 0.0, needed, math.inf)
