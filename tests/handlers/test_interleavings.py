"""Alerts of readings that are processed at the same time, in any order of the invocations' AWS calls.

Invocations process batches of one device's readings at the same time. A test chooses which of them makes the next AWS
call, and which is killed; expired alert states are deleted in between. Batches that were not processed are delivered
again. At the end the latest deciding reading has decided the alert state, and subscribers were last notified of that.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise, product
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.aws import alert_state_reader
from handlers.aws.alert_state import LIFETIME_DAYS
from handlers.aws.alert_state_reader import AlertStateReader
from handlers.aws.alert_state_writer import AlertStateWriter
from handlers.aws.alert_topic import AlertTopic
from handlers.aws.processed_table import ProcessedTable
from handlers.domain.reading import Reading
from handlers.domain.rules import Rule
from handlers.domain.transform import Plan, plan
from handlers.services.alerting import Alerting
from handlers.services.processing import Processing
from tests.handlers.fakes import Clock
from tests.handlers.interleaved import Invocation, Turns, interleave
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline, new_device
from tests.handlers.sensor_under_rule import consistent_reader
from tests.support.proving import Figures

NORMAL, BETWEEN, HOT = 20, 84, 90
RULES = {"temperature": Rule(minimum=None, maximum=Decimal(85), hysteresis=Decimal(5))}
INVOCATION_SECONDS = 600
"""So long that a claim of a living invocation never ends while others wait for it."""

MOST_CALLS = 12
"""At least as many AWS calls as an invocation makes that no other one disturbs."""

Batch = list[tuple[int, int]]
"""Readings, each a time and a value."""


class Before(NamedTuple):
    """What was processed before, and whether alert states may have expired since."""

    readings: Batch
    is_long_ago: bool = False


class Scenario(NamedTuple):
    """What was processed before, the batches that are processed at the same time, and the order of their AWS calls.

    The deletion of expired states comes after the batches in the numbering of invocations.
    """

    before: Before
    batches: list[Batch]
    order: list[Turns]


class Subscriber:
    """A topic that remembers what was published."""

    def __init__(self) -> None:
        self.notifications: list[tuple[str, int]] = []

    def publish(self, **arguments: Any) -> None:
        message = json.loads(arguments["Message"])
        self.notifications.append((message["state"], message["timestamp"]))


class ConcurrentProcessing:
    """Invocations that process the readings of one device.

    Attributes:
        deaths: how many of them were killed.
        before_expiry: how many notifications were published before states may have expired: these may be repeated.
        first_calls: how many AWS calls the first invocation made when batches were first delivered.
    """

    def __init__(self, moto: MotoPipeline) -> None:
        self.moto = moto
        self.device = new_device()
        self.clock = Clock(seconds=1_000_000.0)
        self.subscriber = Subscriber()
        self.readings: dict[int, int] = {}
        self.deaths = 0
        self.before_expiry = 0
        self.first_calls = 0

    def process(self, batches: Sequence[Batch], order: Sequence[Turns] = ()) -> None:
        """Process batches at the same time, and deliver again what was not processed, until all is."""
        self.readings |= dict(reading for batch in batches for reading in batch)
        left, invocations = self._deliver(batches, order)
        self.first_calls = len(invocations[0].calls)
        for _ in range(20):
            if not left:
                return
            self.clock.seconds += INVOCATION_SECONDS
            left, _ = self._deliver(left)
        raise AssertionError(left)

    def let_states_expire(self) -> None:
        """Let more time pass than the lifetime of a state."""
        self.clock.seconds += LIFETIME_DAYS * 86_400 + 1
        self.before_expiry = len(self.subscriber.notifications)

    def _deliver(self, batches: Sequence[Batch], order: Sequence[Turns] = ()) -> tuple[list[Batch], list[Invocation]]:
        works: list[Callable[[Invocation], object]] = [partial(self._invoke, batch) for batch in batches]
        invocations = interleave([*works, self._delete_expired], order)
        self.deaths += sum(invocation.is_killed for invocation in invocations)
        ended = zip(batches, invocations, strict=False)
        return [batch for batch, invocation in ended if invocation.is_killed or invocation.result], invocations

    def _delete_expired(self, invocation: Invocation) -> None:
        self.moto.delete_expired(self.device, self._now(), invocation.watched(self.moto.dynamodb))

    def _invoke(self, batch: Batch, invocation: Invocation) -> object:
        dynamodb, sns = invocation.watched(self.moto.dynamodb), invocation.watched(self.subscriber)
        writer = AlertStateWriter(dynamodb, PROCESSED_TABLE, self._now)
        reader = AlertStateReader(dynamodb, PROCESSED_TABLE, self.clock)
        readings = consistent_reader(dynamodb)
        alerting = Alerting(writer, reader, readings, AlertTopic(sns, self.moto.topic_arn), self._now, lambda: None)
        table = ProcessedTable(dynamodb, PROCESSED_TABLE)
        plans = [self._plan(timestamp, value) for timestamp, value in batch]
        return Processing(table, alerting, self._now).carry_out(plans, self.clock.retrying(INVOCATION_SECONDS))

    def _plan(self, timestamp: int, value: int) -> Plan:
        return plan(Reading(self.device, timestamp, {"temp": Decimal(value)}), RULES, processed_at=0)

    def _now(self) -> int:
        return int(self.clock.seconds * 1000)

    def assert_notified_of_the_latest(self) -> None:
        """The latest deciding reading decided the state, and subscribers were last notified of that."""
        deciding = [value for _, value in sorted(self.readings.items()) if value != BETWEEN]
        is_alert = bool(deciding) and deciding[-1] == HOT
        states = self.moto.alert_states(self.device)
        published = self.subscriber.notifications
        assert [state["is_alert"] for state in states] in ([is_alert], [] if not is_alert else [True])
        assert all(state["is_told"] is is_alert and "claimed_until" not in state for state in states)
        assert not any("expires_at" in state for state in states if is_alert)
        assert (published[-1][0] == "alert" if published else False) is is_alert
        for part in (published[: self.before_expiry], published[self.before_expiry :]):
            assert all(earlier <= later for (_, earlier), (_, later) in pairwise(part))
        if not self.deaths:  # a killed invocation's notification may be repeated
            assert [state for state, _ in published] == (["alert", "clear"] * len(published))[: len(published)]


def run(moto: MotoPipeline, scenario: Scenario) -> ConcurrentProcessing:
    """Run a scenario, and check how it ends."""
    processing = ConcurrentProcessing(moto)
    for reading in scenario.before.readings:
        processing.process([[reading]])
    if scenario.before.is_long_ago:
        processing.let_states_expire()
    processing.process(scenario.batches, scenario.order)
    processing.assert_notified_of_the_latest()
    return processing


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize("dies", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("first", [HOT, NORMAL])
@pytest.mark.parametrize(
    "before",
    [Before([]), Before([(0, HOT)]), Before([(0, HOT), (1, NORMAL)], is_long_ago=True)],
    ids=["never", "in alert", "normal for long"],
)
def test_one_comes_between_any_two_calls_of_another(
    moto: MotoPipeline, figures: Figures, before: Before, first: int, *, dies: bool
) -> None:
    for second, order in product([HOT, NORMAL], [1, -1]):
        for calls in range(MOST_CALLS):
            batches = [[(2, first)], [(3, second)]][::order]
            done = run(moto, Scenario(before, batches, [Turns(0, calls, dies), Turns(1, MOST_CALLS)]))
            figures.count(
                "two at the same time, one between any two AWS calls of the other: notified of the latest reading"
            )
            if done.deaths == 0 and calls > done.first_calls:  # it ended before the other one started
                break


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize("dies", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("reading", [(0, HOT), (2, HOT), (2, NORMAL)], ids=["late", "alert", "normal"])
def test_an_expired_state_is_deleted_between_any_two_calls(
    moto: MotoPipeline, figures: Figures, reading: tuple[int, int], *, dies: bool
) -> None:
    before = Before([(0, HOT), (1, NORMAL)], is_long_ago=True)
    for calls in range(MOST_CALLS):
        done = run(moto, Scenario(before, [[reading]], [Turns(0, calls, dies), Turns(1, 2)]))
        figures.count("expired states deleted between any two AWS calls: notified of the latest reading")
        if done.deaths == 0 and calls > done.first_calls:  # it ended before the deletion
            break


LOST_CLAIM = Scenario(
    Before([]),
    [[(1, HOT)], [(3, NORMAL)], [(4, HOT)]],
    [Turns(0, 6), Turns(1, 4), Turns(2, 4), Turns(1, 1, dies=True), Turns(2, MOST_CALLS)],
)
"""Before the latest claims what another decided, a late one undoes that, and dies; then no notification is pending."""
OLD_LOOK = Scenario(
    Before([(0, HOT)]),
    [[(1, NORMAL)], [(2, HOT)], [(3, NORMAL)], [(4, HOT)]],
    [Turns(0, 6), Turns(1, MOST_CALLS), Turns(2, 4), Turns(3, MOST_CALLS), Turns(2, 1, dies=True)],
)
"""The first claims the end of an alert that began again after its look, when a late one that dies has ended it, too."""


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize("scenario", [LOST_CLAIM, OLD_LOOK], ids=["lost claim", "old look"])
def test_rare_orders_found_by_reasoning(moto: MotoPipeline, figures: Figures, scenario: Scenario) -> None:
    run(moto, scenario)
    figures.count("orders that were found by reasoning: notified of the latest reading")


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw what was processed before, what is processed now, and the order of the AWS calls."""
    values = draw(st.dictionaries(st.integers(0, 9), st.sampled_from([NORMAL, HOT, NORMAL, HOT, BETWEEN]), min_size=2))
    readings = st.sampled_from(sorted(values.items()))
    before = Before(draw(st.lists(readings, max_size=2)), draw(st.booleans()))
    batches = draw(st.lists(st.lists(readings, min_size=1, max_size=2, unique=True), min_size=2, max_size=4))
    dies = st.sampled_from([False] * 5 + [True])
    turns = st.builds(Turns, st.integers(0, len(batches)), st.integers(1, MOST_CALLS), dies)
    return Scenario(before, batches, draw(st.lists(turns, max_size=8)))


def run_drawn_scenarios(moto: MotoPipeline, figures: Figures, number: int) -> None:
    @given(scenarios())
    @settings(max_examples=number, suppress_health_check=[HealthCheck.too_slow])
    def run_drawn(scenario: Scenario) -> None:
        run(moto, scenario)
        figures.count("several at the same time, AWS calls in any order, some killed: notified of the latest reading")

    run_drawn()


@pytest.fixture
def _queried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let states be read as those of many devices are."""
    monkeypatch.setattr(alert_state_reader, "WORTH", 0)


@pytest.mark.proof("nothing lost")
@pytest.mark.usefixtures("_queried")
def test_drawn_orders(moto: MotoPipeline, figures: Figures) -> None:
    run_drawn_scenarios(moto, figures, 50)


@pytest.mark.proof("nothing lost")
@pytest.mark.slow
@pytest.mark.timeout(7200)  # bounded by the number of scenarios; the limit only ends a test that hangs
@pytest.mark.usefixtures("_queried")
def test_many_drawn_orders(moto: MotoPipeline, figures: Figures) -> None:
    run_drawn_scenarios(moto, figures, 1_000)
