"""The calls and the duration of an invocation, drawn: what fails is repeated with the handlers' pauses."""

import math
from random import Random
from typing import Final

from handlers.aws.clients import CONNECTIONS
from handlers.aws.retrying import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from ops.capacity import calls
from ops.capacity.ours import Ours
from ops.capacity.polling import RECEIVE
from ops.capacity.simulated.figures import Figures

SPREAD: Final = 0.5
"""Durations lie this share around their mean, evenly."""


class CallsOfWork:
    """Draws calls, and counts them."""

    def __init__(self, ours: Ours, randomness: Random, figures: Figures) -> None:
        """Take the design, the simulation's randomness, and where to count."""
        self._ours, self._random, self._figures = ours, randomness, figures
        self._request = ours.request_calls

    def request(self) -> float:
        """Make a request's calls, and return the seconds that it takes."""
        return self._work(self._request, self._ours.ingestion_seconds(failure_rate=0))

    def batch(self, messages: int) -> float:
        """Make a batch's calls, and return the seconds that it takes."""
        return self._work(self._ours.batch_calls(messages), self._ours.processor_seconds(messages, failure_rate=0))

    def end(self, processed: int, failed: int) -> None:
        """Delete what was processed and put off what failed, ten at a time."""
        self._figures.calls["DeleteMessageBatch"] += math.ceil(processed / RECEIVE)
        self._figures.calls["ChangeMessageVisibilityBatch"] += math.ceil(failed / RECEIVE)

    def fails(self) -> bool:
        """Whether a message is put off."""
        return self._random.random() < self._ours.assumptions.message_failure_rate

    def _work(self, work: calls.Calls, seconds: float) -> float:
        paused = 0.0
        for name, number in work.items():
            times = round(number)
            self._figures.calls[name] += times
            repeats, pauses = self._repeats(times)
            self._figures.calls[name] += repeats
            paused += pauses / max(1, min(CONNECTIONS, times))
        return seconds * self._random.uniform(1 - SPREAD, 1 + SPREAD) + paused

    def _repeats(self, times: int) -> tuple[int, float]:
        rate = self._ours.assumptions.failure_rate
        repeats, paused = 0, 0.0
        for _ in range(times if rate else 0):
            attempt = 0
            while self._random.random() < rate:
                bound = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
                paused += self._random.uniform(0, bound)
                attempt += 1
            repeats += attempt
        return repeats, paused
