"""Tells subscribers once when a device breaks a rule, and once when it is well again.

Most readings say what is known: the states of a whole batch are read at once, and nothing more is called. A reading
that says otherwise is decided between two looks for newer readings. From the first, one that is late learns that it is.
With the second, of two invocations at the same time at least one sees the other: each writes (items, a state) before it
reads (states, newer items). What others left untold is looked at in the same way, since whoever decided it may have
died before the second look. A table that forgets readings (`processed_ttl_days`) knows none that are newer than what is
processed again after that.

The state of a device that has been well for a day is forgotten: it says no more than its absence, and costs units.

Claim, publish, record: whoever changes a state claims the right to tell, so that concurrent invocations tell once. One
that dies in between leaves its claim, and whoever sees it after it ended tells again: at least once, never not at all.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import count
from typing import Final

import msgspec

from handlers.aws.alert_state import AlertState, Pair
from handlers.aws.alert_state_reader import AlertStateReader, Items
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.clients import CALL_SECONDS
from handlers.aws.newer_readings import NewerReadings
from handlers.aws.parallel import in_parallel
from handlers.aws.retrying import Retrying
from handlers.domain.rules import Observation, turning_points
from handlers.errors import UnavailableError, told
from handlers.observability import logger

MAXIMUM_ATTEMPTS: Final = 6
"""Of reading while another invocation tells: some 1.5 seconds on average, many times what publishing takes."""
FORGOTTEN_AT_ONCE: Final = 32
"""Of a batch: when a whole fleet is well again, no batch waits for all of it."""
FORGETTING_SECONDS: Final = CALL_SECONDS + 1.0
"""No call begins after the first of them: where DynamoDB is short of writes, it can wait."""

Failures = Mapping[str, Exception]
"""What kept devices from being followed, by their ids."""


class Story(msgspec.Struct, frozen=True):
    """What a batch tells of one device and one rule.

    Attributes:
        state: what was known of them when its items had been written.
        points: its turning points.
    """

    state: AlertState
    points: list[Observation]

    @property
    def is_known(self) -> bool:
        """Tell whether nothing is new, and nothing left to tell."""
        return self.state.untold is None and all(self.state.allows(point) for point in self.points)


class Alerting(msgspec.Struct, frozen=True):
    """Follows the rules of devices.

    Attributes:
        readings: of the table in which the observed ones are by now.
        clock: epoch milliseconds now.
        on_told: called after each publication.
    """

    writer: AlertStateWriter
    reader: AlertStateReader
    readings: NewerReadings
    topic: AlertTopic
    clock: Callable[[], int]
    on_told: Callable[[], None]

    def follow(self, observed: Iterable[Observation], retrying: Retrying) -> Failures:
        """Record what readings decide whose items are written, and tell what changed.

        Returns:
            Devices of which something may not be told yet; following the same observations again tells it.
        """
        pairs: dict[Pair, list[Observation]] = {}
        for observation in observed:
            pairs.setdefault(observation.pair, []).append(observation)
        try:
            items = self.reader.read(list(pairs), retrying)
        except UnavailableError as error:
            return {device_id: error for device_id, _ in pairs}
        stories, failures = _stories(pairs, items)
        news = [story for story in stories if not story.is_known]
        results = in_parallel(lambda story: self._follow_story(story, retrying), news)
        self._forget(stories, retrying)
        return {**failures, **{device_id: error for result in results for device_id, error in result.items()}}

    def _follow_story(self, story: Story, retrying: Retrying) -> Failures:
        state, last = story.state, story.points[-1]
        try:
            for point in story.points:
                state, truth = self._settle(state, point, last, retrying)
                if truth is not point:  # newer than all of them
                    break
        except Exception as error:  # noqa: BLE001 - a damaged item is its device's trouble, not that of the whole batch
            return {state.device_id: error}
        return {}

    def _settle(
        self, state: AlertState, truth: Observation, last: Observation, retrying: Retrying
    ) -> tuple[AlertState, Observation]:
        """Bring the state to what is true, and tell it.

        Args:
            state: as it was read or written last.
            truth: what is true unless a reading newer than `last` says otherwise.
            last: the batch's last observation.
            retrying: bounds it all.

        Returns:
            The state and the truth at last.
        """
        attempts = count()
        while state.untold is not None or not state.allows(truth):
            truth = self.readings.decisive(last, retrying) or truth
            if not state.allows(truth):
                state = self.writer.decide(truth, retrying)
            elif state.is_claimed(self.clock()):
                state = self._read_later(state, next(attempts), retrying)
            elif state.untold is not None:
                state = self._tell(state, retrying)
        return state, truth

    def _tell(self, state: AlertState, retrying: Retrying) -> AlertState:
        until = self.clock() + int(retrying.deadline.remaining() * 1000)
        change = self.writer.claim(state, until, retrying)
        if not change.is_done:
            return change.state
        try:
            self.topic.publish(change.state, retrying)
        except UnavailableError:
            with suppress(UnavailableError):  # the claim ends by itself
                self.writer.release(change.state, retrying)
            raise
        self.on_told()
        return self.writer.told(change.state, retrying)

    def _read_later(self, state: AlertState, attempt: int, retrying: Retrying) -> AlertState:
        """Give the invocation that holds the claim time; it may die, so nobody may rely on it and go."""
        if attempt == MAXIMUM_ATTEMPTS or not retrying.pause(attempt):
            raise UnavailableError("publish", "claimed by another invocation")
        return AlertState.of(state.pair, self.reader.read([state.pair], retrying).get(state.pair))

    def _forget(self, stories: Iterable[Story], retrying: Retrying) -> None:
        """Delete what says no more than its absence would; what is left, a later reading brings about."""
        now = self.clock()
        over = [story.state for story in stories if story.state.is_over(now) and story.is_known][:FORGOTTEN_AT_ONCE]
        in_time = retrying.within(FORGETTING_SECONDS)
        try:
            in_parallel(lambda state: self.writer.forget(state, in_time), over)
        except UnavailableError as error:
            logger.warning("states that are over were not forgotten", states=len(over), reason=told(error))


def _stories(pairs: Mapping[Pair, list[Observation]], items: Items) -> tuple[list[Story], dict[str, Exception]]:
    """Return what can be followed, and what kept the others from it."""
    stories: list[Story] = []
    failures: dict[str, Exception] = {}
    for pair, observations in pairs.items():
        try:
            stories.append(Story(AlertState.of(pair, items.get(pair)), turning_points(observations)))
        except Exception as error:  # noqa: BLE001 - as above
            failures[pair[0]] = error
    return stories, failures
