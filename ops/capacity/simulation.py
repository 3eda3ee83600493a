"""The pipeline, played one event after another: what the averages of the model are held against.

Requests come one by one at random, or in bursts. The stage's token bucket and ingestion's concurrency refuse what is
too much; each invocation's calls fail and are repeated with the handlers' pauses. Messages wait in a queue; pollers
receive up to ten at a time, collect a batch within the window, and process it. What fails is put off with the handlers'
delays and comes back. Time is simulated and the randomness is seeded: the same arguments give the same figures.
DynamoDB's own limits are not played.
"""

from random import Random

from ops.capacity.ours import LEAST_SECONDS, Ours
from ops.capacity.polling import RECEIVE
from ops.capacity.simulated.calls import CallsOfWork
from ops.capacity.simulated.clock import Clock
from ops.capacity.simulated.figures import API, INGESTION, Figures
from ops.capacity.simulated.mapping import Message, SimulatedMapping


class Simulation:
    """One run."""

    def __init__(self, ours: Ours, seed: int, burst: int = 1) -> None:
        """Take the design under its demand, whose mean is played.

        Args:
            ours: The design.
            seed: Of the randomness.
            burst: How many requests come together.
        """
        self._ours, self._burst, self._figures = ours, burst, Figures()
        self._random = Random(seed)  # noqa: S311 - a simulation, no secret
        self._clock = Clock()
        self._work = CallsOfWork(ours, self._random, self._figures)
        self._mapping = SimulatedMapping(ours, self._clock, self._random, self._figures)
        self._tokens, self._filled_at = float(ours.settings.api.throttling_burst_limit), 0.0
        self._ingesting = 0

    def run(self, seconds: float, warm_up: float) -> Figures:
        """Play.

        Args:
            seconds: How long to look.
            warm_up: How long to play before.
        """
        self._arrive()
        self._clock.run(warm_up)
        self._figures.begin(len(self._mapping.queue))
        self._clock.run(warm_up + seconds)
        self._figures.seconds = seconds
        self._figures.backlog = (self._figures.backlog[0], len(self._mapping.queue))
        return self._figures

    def _arrive(self) -> None:
        self._clock.after(self._random.expovariate(self._ours.demand.requests / self._burst), self._arrive)
        for _ in range(self._burst):
            self._request()

    def _request(self) -> None:
        self._figures.requests += 1
        if not self._take_token():
            self._figures.refused[API] += 1
        elif self._ingesting >= self._ours.settings.functions.ingestion.reserved_concurrency:
            self._figures.refused[INGESTION] += 1
        else:
            self._ingest()

    def _take_token(self) -> bool:
        """The stage's token bucket."""
        api = self._ours.settings.api
        earned = (self._clock.now - self._filled_at) * api.throttling_rate_limit
        self._tokens, self._filled_at = min(api.throttling_burst_limit, self._tokens + earned), self._clock.now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _ingest(self) -> None:
        self._ingesting += 1
        seconds = self._work.request()
        self._figures.busy["ingestion"] += seconds
        self._clock.after(seconds, self._send)
        self._clock.after(max(seconds, LEAST_SECONDS), self._end)

    def _end(self) -> None:
        self._ingesting -= 1

    def _send(self) -> None:
        """A request's messages come into the queue, ten to a send."""
        left = self._ours.packs.messages
        while left:
            group = min(left, RECEIVE)
            self._mapping.arrive([Message(self._clock.now)] * group)
            left -= group
