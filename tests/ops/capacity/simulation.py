"""The pipeline simulated event by event: what the averages of the model are compared with.

Requests arrive at random, or in bursts. The stage's token bucket and ingestion's concurrency refuse what is too much.
Messages wait in a queue; pollers receive up to ten at a time, collect a batch within the window, and process it. Time
is simulated and the randomness is seeded: the same arguments give the same figures. Nothing fails, and DynamoDB's own
limits are not simulated.
"""

import heapq
import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import Final

from ops.capacity.polling import FIRST_POLLERS, LONG_POLL_SECONDS, MESSAGES_A_RECEIVE, RECEIVE_SECONDS
from ops.capacity.published import limit
from ops.capacity.utilization import MINIMUM_SECONDS
from ops.capacity.workload import Workload

API: Final = "API throttle of the settings"
INGESTION: Final = "ingestion's reserved concurrency"
MAPPING: Final = "event source mapping's concurrency"
"""Limits by their names in `utilization.toml`."""
SCALING_SECONDS: Final = 1.0
MORE_POLLERS: Final = limit("event_source_mapping.scaling") // 60
SPREAD: Final = 0.5
"""Durations are spread evenly around their mean, by this share at most."""


@dataclass
class Figures:
    """What was counted after the warm-up.

    Attributes:
        calls: AWS calls of the functions and the mapping, by operation; `EmptyReceive` is a receive that finds nothing.
        refused: Requests, by the limit that refused them.
        busy: Seconds of work, by function.
        backlog: Messages that waited at the start and at the end.
    """

    seconds: float = 0
    requests: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    messages: int = 0
    busy: dict[str, float] = field(default_factory=lambda: {"ingestion": 0.0, "processor": 0.0})
    backlog: tuple[int, int] = (0, 0)

    @property
    def batch_size(self) -> float:
        """Mean messages of a batch."""
        return self.messages / self.batches

    def rate(self, number: float) -> float:
        """Return a number as so many a second."""
        return number / self.seconds

    def first_limit(self) -> str | None:
        """Return what refused more than 1 % of the requests, or the mapping where the queue grew by more than 5 %."""
        refused = [name for name, number in self.refused.most_common() if number > self.requests * 0.01]
        if refused:
            return refused[0]
        grown = self.backlog[1] - self.backlog[0]
        return MAPPING if grown > 0.05 * (self.messages + grown) else None


@dataclass(eq=False)
class Poller:
    """One process of the mapping.

    Attributes:
        batch: The arrival times of the messages that it has collected.
        polls: How many polls it has begun, so that the end of an old one is recognized.
    """

    batch: list[float] = field(default_factory=list)
    window_ends: float = 0
    polls: int = 0


class Simulation:
    """One run."""

    def __init__(self, workload: Workload, seed: int, burst: int = 1) -> None:
        """Take the pipeline under its demand, whose mean is simulated.

        Args:
            workload: The pipeline.
            seed: Of the randomness.
            burst: How many requests arrive together.
        """
        self._workload, self._burst, self._figures = workload, burst, Figures()
        self._random = Random(seed)  # noqa: S311 - a simulation, not a secret
        self._now, self._events, self._numbers = 0.0, list[tuple[float, int, Callable[[], None]]](), count()
        self._tokens, self._filled_at, self._ingesting = float(workload.settings.api.throttling_burst_limit), 0.0, 0
        self._queue, self._waiting, self._pollers = deque[float](), list[Poller](), 0

    def run(self, seconds: float, warm_up: float) -> Figures:
        """Simulate, and return what happened after the warm-up."""
        self._arrive()
        self._add_pollers(FIRST_POLLERS)
        self._after(SCALING_SECONDS, self._scale)
        self._run_until(warm_up)
        self._figures = Figures(seconds, backlog=(len(self._queue), 0))
        self._run_until(warm_up + seconds)
        self._figures.backlog = (self._figures.backlog[0], len(self._queue))
        return self._figures

    def _after(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._numbers), event))

    def _run_until(self, until: float) -> None:
        while self._events[0][0] <= until:
            self._now, _, event = heapq.heappop(self._events)
            event()
        self._now = until

    def _arrive(self) -> None:
        self._after(self._random.expovariate(self._workload.demand.requests / self._burst), self._arrive)
        for _ in range(self._burst):
            self._request()

    def _request(self) -> None:
        self._figures.requests += 1
        if not self._take_token():
            self._figures.refused[API] += 1
        elif self._ingesting >= self._workload.settings.functions.ingestion.reserved_concurrency:
            self._figures.refused[INGESTION] += 1
        else:
            self._ingest()

    def _take_token(self) -> bool:
        """The stage's token bucket."""
        api = self._workload.settings.api
        earned = (self._now - self._filled_at) * api.throttling_rate_limit
        self._tokens, self._filled_at = min(api.throttling_burst_limit, self._tokens + earned), self._now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _ingest(self) -> None:
        self._ingesting += 1
        seconds = self._work("ingestion", self._workload.request_calls, self._workload.ingestion_seconds)
        self._after(seconds, self._send)
        self._after(max(seconds, MINIMUM_SECONDS), self._end_request)

    def _end_request(self) -> None:
        self._ingesting -= 1

    def _send(self) -> None:
        """A request's messages arrive in the queue, ten to a send: one of the pollers that wait takes them."""
        left = self._workload.sizes.messages
        while left:
            group = min(left, MESSAGES_A_RECEIVE)
            self._queue.extend([self._now] * group)
            left -= group
            if self._waiting:
                self._receive(self._waiting.pop(self._random.randrange(len(self._waiting))))

    def _work(self, function: str, calls: dict[str, float], mean: float) -> float:
        """Count an invocation's calls, and return its duration."""
        self._figures.calls.update({name: round(number) for name, number in calls.items()})
        seconds = mean * self._random.uniform(1 - SPREAD, 1 + SPREAD)
        self._figures.busy[function] += seconds
        return seconds

    def _add_pollers(self, number: int) -> None:
        for _ in range(min(number, self._workload.settings.maximum_concurrency - self._pollers)):
            self._pollers += 1
            self._poll(Poller())

    def _scale(self) -> None:
        """Add pollers where messages have waited since the last look."""
        self._after(SCALING_SECONDS, self._scale)
        if self._queue and self._now - self._queue[0] > SCALING_SECONDS:
            self._add_pollers(MORE_POLLERS)

    def _poll(self, poller: Poller) -> None:
        """Take what is there, or wait until the poll, or the window, ends."""
        poller.polls += 1
        if self._queue:
            self._receive(poller)
            return
        left = max(0.0, poller.window_ends - self._now) if poller.batch else LONG_POLL_SECONDS
        self._waiting.append(poller)
        self._after(min(left, LONG_POLL_SECONDS), partial(self._end_empty, poller, poller.polls))

    def _end_empty(self, poller: Poller, polls: int) -> None:
        if poller not in self._waiting or poller.polls != polls:
            return
        self._waiting.remove(poller)
        self._figures.calls["EmptyReceive"] += 1
        if poller.batch:
            self._process(poller)
        elif self._pollers > FIRST_POLLERS:
            self._pollers -= 1
        else:
            self._poll(poller)

    def _receive(self, poller: Poller) -> None:
        source = self._workload.settings.functions.event_source
        self._figures.calls["ReceiveMessage"] += 1
        if not poller.batch:
            poller.window_ends = self._now + source.batching_window_seconds
        room = min(MESSAGES_A_RECEIVE, source.batch_size - len(poller.batch), len(self._queue))
        poller.batch += [self._queue.popleft() for _ in range(room)]
        self._after(RECEIVE_SECONDS, partial(self._collect, poller))

    def _collect(self, poller: Poller) -> None:
        is_full = len(poller.batch) == self._workload.settings.functions.event_source.batch_size
        if is_full or self._now >= poller.window_ends:
            self._process(poller)
        else:
            self._poll(poller)

    def _process(self, poller: Poller) -> None:
        size = len(poller.batch)
        poller.batch = []
        mean = self._workload.processor_seconds(size)
        seconds = self._work("processor", self._workload.batch_calls(size), mean)
        self._figures.batches += 1
        self._figures.messages += size
        self._figures.calls["DeleteMessageBatch"] += math.ceil(size / MESSAGES_A_RECEIVE)
        self._after(seconds, partial(self._poll, poller))
