"""The queue and its event source mapping, poller by poller."""

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from handlers.aws.ingestion_queue import DELAY_GROWTH, FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS
from ops.capacity.limits import limit
from ops.capacity.ours import Ours
from ops.capacity.polling import FIRST_POLLERS, LONG_POLL_SECONDS, RECEIVE
from ops.capacity.simulated.calls import CallsOfWork
from ops.capacity.simulated.clock import Clock
from ops.capacity.simulated.figures import Figures

SCALING_SECONDS: Final = 1.0
MORE_POLLERS: Final = limit("event_source_mapping.scaling") // 60


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the queue: when it became visible, and which of its receives the next one is."""

    visible_at: float
    receive: int = 1


@dataclass(eq=False)
class _Poller:
    """One process of the mapping.

    Attributes:
        batch: What it has collected.
        polls: How many receives it has begun, so that the end of an old one is known as such.
    """

    batch: list[Message] = field(default_factory=list)
    window_ends: float = 0
    polls: int = 0
    waits: bool = False


class SimulatedMapping:
    """Receives messages, collects batches, processes them."""

    def __init__(self, ours: Ours, clock: Clock, randomness: Random, figures: Figures) -> None:
        """Start the first pollers."""
        self.queue: deque[Message] = deque()
        self._ours, self._clock, self._random, self._figures = ours, clock, randomness, figures
        self._work = CallsOfWork(ours, randomness, figures)
        self._waiting: list[_Poller] = []
        self._pollers = 0
        self._add(min(FIRST_POLLERS, ours.mapping.most_pollers))
        clock.after(SCALING_SECONDS, self._scale)

    def arrive(self, messages: list[Message]) -> None:
        """Messages become visible: one of the pollers that wait takes them."""
        self.queue.extend(messages)
        if self._waiting:
            poller = self._waiting.pop(self._random.randrange(len(self._waiting)))
            poller.waits, poller.polls = False, poller.polls + 1
            self._receive(poller)

    def _add(self, number: int) -> None:
        for _ in range(number):
            self._pollers += 1
            self._poll(_Poller())

    def _scale(self) -> None:
        """More pollers where messages have waited since the last look."""
        self._clock.after(SCALING_SECONDS, self._scale)
        if self.queue and self._clock.now - self.queue[0].visible_at > SCALING_SECONDS:
            self._add(min(MORE_POLLERS, self._ours.mapping.most_pollers - self._pollers))

    def _poll(self, poller: _Poller) -> None:
        """Take what is there, or wait until the poll, or the window, ends."""
        poller.polls += 1
        if self.queue:
            self._receive(poller)
            return
        left = poller.window_ends - self._clock.now if poller.batch else LONG_POLL_SECONDS
        poller.waits = True
        self._waiting.append(poller)
        self._clock.after(min(max(0.0, left), LONG_POLL_SECONDS), partial(self._came_empty, poller, poller.polls))

    def _came_empty(self, poller: _Poller, polls: int) -> None:
        if not poller.waits or poller.polls != polls:
            return
        poller.waits = False
        self._waiting.remove(poller)
        self._figures.calls["EmptyReceive"] += 1
        if poller.batch:
            self._process(poller)
        elif self._pollers > FIRST_POLLERS:
            self._pollers -= 1
        else:
            self._poll(poller)

    def _receive(self, poller: _Poller) -> None:
        mapping = self._ours.mapping
        self._figures.calls["ReceiveMessage"] += 1
        if not poller.batch:
            poller.window_ends = self._clock.now + mapping.window
        room = min(RECEIVE, mapping.batch_size - len(poller.batch), len(self.queue))
        poller.batch += [self.queue.popleft() for _ in range(room)]
        self._clock.after(mapping.receive_seconds, partial(self._collected, poller))

    def _collected(self, poller: _Poller) -> None:
        if len(poller.batch) == self._ours.mapping.batch_size or self._clock.now >= poller.window_ends:
            self._process(poller)
        else:
            self._poll(poller)

    def _process(self, poller: _Poller) -> None:
        batch, poller.batch = poller.batch, []
        seconds = self._work.batch(len(batch))
        self._figures.batches += 1
        self._figures.messages += len(batch)
        self._figures.busy["processor"] += seconds
        self._figures.waited += sum(self._clock.now - message.visible_at for message in batch)
        self._clock.after(seconds, partial(self._processed, poller, batch))

    def _processed(self, poller: _Poller, batch: list[Message]) -> None:
        failed = [message for message in batch if self._work.fails()]
        self._work.end(len(batch) - len(failed), len(failed))
        for message in failed:
            if message.receive >= self._ours.settings.queueing.maximum_receive_count:
                self._figures.dead += 1
            else:
                self._clock.after(self._delay(message.receive), partial(self._come_back, message.receive + 1))
        self._poll(poller)

    def _come_back(self, receive: int) -> None:
        self.arrive([Message(self._clock.now, receive)])

    def _delay(self, receive: int) -> float:
        """As `handlers.aws.ingestion_queue` puts off."""
        bound = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * DELAY_GROWTH ** (receive - 1))
        return self._random.uniform(bound / 2, bound)
