"""Notifies subscribers once when a device breaks a rule, and once when it is normal again.

Most readings change nothing: the states of a whole batch are read at once, and no other call is made. Before a reading
changes a state, newer readings are looked for, and once more before the notification is claimed. By the first look, a
late reading is found to be late. By the second, of two invocations at the same time at least one sees the other: each
writes (items, a state) before it reads (states, newer items). A notification that another invocation left pending is
treated in the same way: that invocation may have died before its second look. Where readings expire
(`processed_ttl_days`), an old reading that is processed after all newer ones have expired counts as the latest.

Decide, claim, publish, record: an invocation claims the right to publish, so that concurrent invocations publish once.
One that dies leaves its claim; after its end another invocation publishes again: at least once, never not at all.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import count
from typing import Final

import msgspec

from handlers.aws.alert_state import AlertState, Pair
from handlers.aws.alert_state_reader import AlertStateReader, Items
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.parallel import in_parallel
from handlers.aws.range_reader import RangeReader
from handlers.aws.retrying import Retrying
from handlers.domain.pages import Window
from handlers.domain.reading import Reading
from handlers.domain.rules import Observation, alert_transitions
from handlers.domain.transform import plan
from handlers.errors import UnavailableError

MAXIMUM_ATTEMPTS: Final = 6
"""Of reading a state that another invocation has claimed: some 1.5 seconds on average, many times what SNS takes."""

READINGS_IN_A_CALL: Final = 100
"""Newer than an observed one: usually there is none, or the newest decides."""

Failures = Mapping[str, Exception]
"""What kept alerts from being evaluated, by device id."""


class Transitions(msgspec.Struct, frozen=True):
    """What a batch decides about one device and one rule.

    Attributes:
        state: as it was read after the batch's items had been written.
        observations: the alert transitions, by event time.
    """

    state: AlertState
    observations: list[Observation]

    @property
    def change_nothing(self) -> bool:
        """Whether the state stays as it is, and no notification is pending."""
        return self.state.pending is None and all(self.state.agrees_with(each) for each in self.observations)


class Alerting(msgspec.Struct, frozen=True):
    """Keeps alert states up to date, and notifies subscribers.

    Attributes:
        readings: strongly consistent, from the table in which the observed readings are already stored.
        clock: epoch milliseconds now.
        on_published: called after each publication.
    """

    writer: AlertStateWriter
    reader: AlertStateReader
    readings: RangeReader
    topic: AlertTopic
    clock: Callable[[], int]
    on_published: Callable[[], None]

    def evaluate(self, observed: Iterable[Observation], retrying: Retrying) -> Failures:
        """Record what readings decide whose items are written, and notify subscribers of changes.

        Returns:
            Devices for which a notification may be missing; evaluating the same observations again publishes it.
        """
        pairs: dict[Pair, list[Observation]] = {}
        for observation in observed:
            pairs.setdefault(observation.pair, []).append(observation)
        try:
            items = self.reader.read(list(pairs), retrying)
        except UnavailableError as error:
            return {device_id: error for device_id, _ in pairs}
        transitions, failures = _transitions(pairs, items)
        changes = [each for each in transitions if not each.change_nothing]
        results = in_parallel(lambda each: self._apply(each, retrying), changes)
        return {**failures, **{device_id: error for result in results for device_id, error in result.items()}}

    def _apply(self, transitions: Transitions, retrying: Retrying) -> Failures:
        state, last = transitions.state, transitions.observations[-1]
        try:
            for observation in transitions.observations:
                state, latest = self._settle(state, observation, last, retrying)
                if latest is not observation:  # newer than all of the batch
                    break
        except Exception as error:  # noqa: BLE001 - a damaged item must not fail the other devices of the batch
            return {state.device_id: error}
        return {}

    def _settle(
        self, state: AlertState, latest: Observation, last: Observation, retrying: Retrying
    ) -> tuple[AlertState, Observation]:
        """Bring the state up to date, and notify subscribers.

        Args:
            state: as it was read or written last.
            latest: decides, unless a reading newer than `last` decides otherwise.
            last: the batch's last observation.
            retrying: bounds it all.

        Returns:
            The new state, and the observation that decided.
        """
        attempts = count()
        while state.pending is not None or not state.agrees_with(latest):
            latest = self._newer(last, retrying) or latest
            if not state.agrees_with(latest):
                state = self.writer.decide(latest, retrying)
            elif state.is_claimed(self.clock()):
                state = self._read_later(state, next(attempts), retrying)
            elif state.pending is not None:
                state = self._notify(state, retrying)
        return state, latest

    def _newer(self, last: Observation, retrying: Retrying) -> Observation | None:
        """Return the decision of the device's newest reading that decides, if it is newer than the observed one.

        Readings that decide nothing (no such value, a value within the hysteresis) are skipped.
        """
        window, rules = Window(first=last.reading.timestamp + 1), {last.rule_name: last.rule}
        device_id = last.reading.device_id
        for item in self.readings.read(device_id, window, sys.maxsize, retrying, is_descending=True):
            reading = Reading(device_id, int(item["timestamp"]), item["sensor_data"])
            if decided := plan(reading, rules, processed_at=0).observations:
                return decided[0]
        return None

    def _notify(self, state: AlertState, retrying: Retrying) -> AlertState:
        until = self.clock() + int(retrying.remaining() * 1000)
        change = self.writer.claim(state, until, retrying)
        if not change.is_done:
            return change.state
        try:
            self.topic.publish(change.state, retrying)
        except UnavailableError:
            with suppress(UnavailableError):  # the claim ends by itself
                self.writer.release(change.state, retrying)
            raise
        self.on_published()
        return self.writer.record_notified(change.state, retrying)

    def _read_later(self, state: AlertState, attempt: int, retrying: Retrying) -> AlertState:
        """Wait for the invocation that has the claim; it may die, so success must not depend on it."""
        if attempt == MAXIMUM_ATTEMPTS or not retrying.pause(attempt):
            raise UnavailableError("publish", "claimed by another invocation")
        return AlertState.of(state.pair, self.reader.read([state.pair], retrying).get(state.pair))


def _transitions(
    pairs: Mapping[Pair, list[Observation]], items: Items
) -> tuple[list[Transitions], dict[str, Exception]]:
    """Return the transitions of each device and rule, and the failures of those whose item is damaged."""
    transitions: list[Transitions] = []
    failures: dict[str, Exception] = {}
    for pair, observations in pairs.items():
        try:
            transitions.append(Transitions(AlertState.of(pair, items.get(pair)), alert_transitions(observations)))
        except Exception as error:  # noqa: BLE001 - as above
            failures[pair[0]] = error
    return transitions, failures
