"""Tells subscribers once when a device breaks a rule, and once when it is well again.

Claim, publish, record: whoever changes a state claims the right to tell, so that concurrent invocations tell once. One
that dies in between leaves its claim, and whoever sees it after it ended tells again: at least once, never not at all.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Final

from handlers.aws.alert_states import AlertState, AlertStates
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.retrying import Retrying
from handlers.domain.rules import Observation, turning_points
from handlers.errors import UnavailableError

MAXIMUM_ATTEMPTS: Final = 6
"""Of reading while another invocation tells: some 1.5 seconds on average, many times what publishing takes."""


@dataclass(frozen=True)
class Alerting:
    """Follows the rules of devices.

    Attributes:
        clock: epoch milliseconds now.
        on_told: called after each publication.
    """

    states: AlertStates
    topic: AlertTopic
    clock: Callable[[], int]
    on_told: Callable[[], None]

    def follow(self, observed: Iterable[Observation], retrying: Retrying) -> None:
        """Record what the readings of one device decide, and tell what changed.

        Raises:
            UnavailableError: something may not be told yet; following the same observations again tells it.
        """
        by_rule: dict[str, list[Observation]] = {}
        for observation in observed:
            by_rule.setdefault(observation.rule_name, []).append(observation)
        for observations in by_rule.values():
            for observation in turning_points(observations):
                self._settle(self.states.decide(observation, retrying), retrying)

    def _settle(self, state: AlertState, retrying: Retrying) -> None:
        attempts = count()
        while state.untold is not None:
            if state.claimed_until is not None and state.claimed_until >= self.clock():
                state = self._read_later(state, next(attempts), retrying)
            else:
                state = self._tell(state, retrying)

    def _tell(self, state: AlertState, retrying: Retrying) -> AlertState:
        until = self.clock() + int(retrying.deadline.remaining() * 1000)
        change = self.states.claim(state, until, retrying)
        if not change.is_done:
            return change.state
        try:
            self.topic.publish(change.state, retrying)
        except UnavailableError:
            with suppress(UnavailableError):  # the claim ends by itself
                self.states.release(change.state, retrying)
            raise
        self.on_told()
        return self.states.told(change.state, retrying)

    def _read_later(self, state: AlertState, attempt: int, retrying: Retrying) -> AlertState:
        """Give the invocation that holds the claim time; it may die, so nobody may rely on it and go."""
        if attempt == MAXIMUM_ATTEMPTS or not retrying.pause(attempt):
            raise UnavailableError("publish", "claimed by another invocation")
        return self.states.read(state, retrying)
