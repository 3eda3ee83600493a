"""Alerts of readings that are processed at the same time: whoever goes on at each AWS call, the truth is told.

Batches of one device's readings, some twice, go through invocations side by side, some of which die; what was not done
is delivered again. At the end the state says what the latest deciding reading says, and so does what was told last.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise, product
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.aws import alert_state_reader
from handlers.aws.alert_state import FORGOTTEN_AFTER_MILLISECONDS
from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.newer_readings import NewerReadings
from handlers.aws.processed_table import ProcessedTable
from handlers.domain.reading import Reading
from handlers.domain.rules import Rule
from handlers.domain.transform import Plan, plan
from handlers.services.alerting import Alerting
from handlers.services.processing import Processing
from tests.handlers.fakes import Clock
from tests.handlers.turns import Invocation, Stretch, take_turns
from tests.handlers.world import PROCESSED_TABLE, World, new_device
from tests.support.proving import Figures

WELL, BETWEEN, HOT = 20, 84, 90
RULES = {"temperature": Rule(minimum=None, maximum=Decimal(85), hysteresis=Decimal(5))}
INVOCATION_SECONDS = 600
"""So long that no claim of one that lives ends, however the others wait for it."""

LONGEST = 12
"""Turns, in which an invocation that nobody disturbs has ended."""

Batch = list[tuple[int, int]]
"""Readings, each a time and a value."""


class Before(NamedTuple):
    """What was processed before."""

    readings: Batch
    is_long_ago: bool = False


Drawn = tuple[Before, list[Batch], list[Stretch]]
"""What was processed before, what is processed at once, and whose turn it is."""


class Subscriber:
    """A topic that remembers what was published."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def publish(self, **arguments: Any) -> None:
        message = json.loads(arguments["Message"])
        self.told.append((message["state"], message["timestamp"]))


class Story:
    """Invocations that process the readings of one device.

    Attributes:
        deaths: how many of them died.
        remembered: how much was told before a time after which states may be forgotten: it may be told again.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.device = new_device()
        self.clock = Clock(seconds=1_000_000.0)
        self.subscriber = Subscriber()
        self.readings: dict[int, int] = {}
        self.deaths = 0
        self.remembered = 0

    def process(self, batches: Sequence[Batch], stretches: Sequence[Stretch] = ()) -> None:
        """Process batches at the same time, and again what was not done, until it is."""
        self.readings |= dict(reading for batch in batches for reading in batch)
        left = self._deliver(batches, stretches)
        for _ in range(20):
            if not left:
                return
            self.clock.seconds += INVOCATION_SECONDS
            left = self._deliver(left)
        raise AssertionError(left)

    def let_a_long_time_pass(self) -> None:
        """Let the states of devices that are well be over."""
        self.clock.seconds += FORGOTTEN_AFTER_MILLISECONDS / 1000
        self.remembered = len(self.subscriber.told)

    def _deliver(self, batches: Sequence[Batch], stretches: Sequence[Stretch] = ()) -> list[Batch]:
        invocations = take_turns([partial(self._invoke, batch) for batch in batches], stretches)
        self.deaths += sum(invocation.is_killed for invocation in invocations)
        ended = zip(batches, invocations, strict=True)
        return [batch for batch, invocation in ended if invocation.is_killed or invocation.result]

    def _invoke(self, batch: Batch, invocation: Invocation) -> object:
        dynamodb, sns = invocation.watched(self.world.dynamodb), invocation.watched(self.subscriber)
        writer = AlertStateWriter(dynamodb, PROCESSED_TABLE, self._now)
        reader = AlertStateReader(dynamodb, PROCESSED_TABLE, self.clock)
        readings = NewerReadings(dynamodb, PROCESSED_TABLE)
        alerting = Alerting(writer, reader, readings, AlertTopic(sns, self.world.topic_arn), self._now, lambda: None)
        table = ProcessedTable(dynamodb, PROCESSED_TABLE)
        plans = [self._plan(timestamp, value) for timestamp, value in batch]
        return Processing(table, alerting, self._now).carry_out(plans, self.clock.retrying(INVOCATION_SECONDS))

    def _plan(self, timestamp: int, value: int) -> Plan:
        return plan(Reading(self.device, timestamp, {"temp": Decimal(value)}), RULES, processed_at=0)

    def _now(self) -> int:
        return int(self.clock.seconds * 1000)

    def assert_true(self) -> None:
        """The state is that of the latest deciding reading, and subscribers know."""
        deciding = [value for _, value in sorted(self.readings.items()) if value != BETWEEN]
        is_alert = bool(deciding) and deciding[-1] == HOT
        states = self.world.alert_states(self.device)
        told = self.subscriber.told
        assert [state["is_alert"] for state in states] in ([is_alert], [] if not is_alert else [True])
        assert all(state["is_told"] is is_alert and "claimed_until" not in state for state in states)
        assert (told[-1][0] == "alert" if told else False) is is_alert
        for part in (told[: self.remembered], told[self.remembered :]):
            assert all(earlier <= later for (_, earlier), (_, later) in pairwise(part))
        if not self.deaths:  # or what was told by one that died is told again
            assert [state for state, _ in told] == (["alert", "clear"] * len(told))[: len(told)]


def told(world: World, before: Before, at_once: Sequence[Batch], stretches: Sequence[Stretch]) -> None:
    """Let a story happen, and see that its end is true."""
    story = Story(world)
    for reading in before.readings:
        story.process([[reading]])
    if before.is_long_ago:
        story.let_a_long_time_pass()
    story.process(at_once, stretches)
    story.assert_true()


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize("dies", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("first", [HOT, WELL])
@pytest.mark.parametrize(
    "before",
    [Before([]), Before([(0, HOT)]), Before([(0, HOT), (1, WELL)], is_long_ago=True)],
    ids=["never", "in alert", "well for long"],
)
def test_one_comes_between_any_two_calls_of_another(
    world: World, figures: Figures, before: Before, first: int, *, dies: bool
) -> None:
    for second, order in product([HOT, WELL], [1, -1]):
        for turns in range(LONGEST):
            at_once = [[(2, first)], [(3, second)]][::order]
            told(world, before, at_once, [Stretch(0, turns, dies), Stretch(1, LONGEST)])
            figures.count("two at the same time, one between any two AWS calls of the other: the truth is told last")


LOST_CLAIM: Drawn = (
    Before([]),
    [[(1, HOT)], [(3, WELL)], [(4, HOT)]],
    [Stretch(0, 6), Stretch(1, 4), Stretch(2, 4), Stretch(1, 1, dies=True), Stretch(2, LONGEST)],
)
"""Before the latest claims what another decided, a late one undoes that, and dies; then nothing is left to tell."""
OLD_LOOK: Drawn = (
    Before([(0, HOT)]),
    [[(1, WELL)], [(2, HOT)], [(3, WELL)], [(4, HOT)]],
    [Stretch(0, 6), Stretch(1, LONGEST), Stretch(2, 4), Stretch(3, LONGEST), Stretch(2, 1, dies=True)],
)
"""The first claims the end of an alert that began again after its look, when a late one that dies has ended it, too."""


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize("story", [LOST_CLAIM, OLD_LOOK], ids=["lost claim", "old look"])
def test_rare_moments_end_well(world: World, figures: Figures, story: Drawn) -> None:
    told(world, *story)
    figures.count("moments that were found by thinking: the truth is told last")


@st.composite
def stories(draw: st.DrawFn) -> Drawn:
    """Draw what was processed before, what is processed now, and whose turn it is."""
    values = draw(st.dictionaries(st.integers(0, 9), st.sampled_from([WELL, HOT, WELL, HOT, BETWEEN]), min_size=2))
    readings = st.sampled_from(sorted(values.items()))
    before = draw(st.lists(readings, max_size=2))
    at_once = draw(st.lists(st.lists(readings, min_size=1, max_size=2, unique=True), min_size=2, max_size=4))
    stretch = st.builds(
        Stretch, st.integers(0, len(at_once) - 1), st.integers(1, LONGEST), st.sampled_from([False] * 5 + [True])
    )
    return Before(before, draw(st.booleans())), at_once, draw(st.lists(stretch, max_size=8))


def try_stories(world: World, figures: Figures, number: int) -> None:
    @given(stories())
    @settings(max_examples=number, suppress_health_check=[HealthCheck.too_slow])
    def try_story(drawn: Drawn) -> None:
        told(world, *drawn)
        figures.count("several at the same time, in turns from call to call, some killed: the truth is told last")

    try_story()


@pytest.fixture
def _queried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let states be read as those of many devices are."""
    monkeypatch.setattr(alert_state_reader, "WORTH", 0)


@pytest.mark.proof("nothing lost")
@pytest.mark.usefixtures("_queried")
def test_whoever_goes_on_the_truth_is_told(world: World, figures: Figures) -> None:
    try_stories(world, figures, 50)


@pytest.mark.proof("nothing lost")
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("_queried")
def test_whoever_goes_on_in_many_stories_the_truth_is_told(world: World, figures: Figures) -> None:
    try_stories(world, figures, 1_000)
