"""The model's averages against the simulation, from an idle queue to loads beyond each limit."""

from dataclasses import dataclass, field
from functools import cache

import pytest
from msgspec.structs import replace as changed

from generate.settings import EnvironmentSettings
from ops.capacity.assumptions import Assumptions
from ops.capacity.ceilings import ceilings
from ops.capacity.demand import Demand
from ops.capacity.ours import LEAST_SECONDS, Ours
from ops.capacity.simulated.figures import API, INGESTION, MAPPING, Figures
from ops.capacity.simulation import Simulation
from tests.ops.capacity.conftest import default_settings


@dataclass(frozen=True)
class Case:
    """A load; rates are a second."""

    name: str
    readings: float
    batch: int = 1
    seconds: float = 60
    warm_up: float = 20
    assumptions: Assumptions = field(default_factory=Assumptions)
    event_source: tuple[tuple[str, int], ...] = ()

    def ours(self, settings: EnvironmentSettings) -> Ours:
        source = changed(settings.functions.event_source, **dict(self.event_source))
        functions = changed(settings.functions, event_source=source)
        demand = Demand(1000, 1000 / self.readings, self.batch, peak=1)
        return Ours(demand, changed(settings, functions=functions), self.assumptions)


WITHIN = [
    Case("a quiet queue", 0.5, seconds=2000, warm_up=100),
    Case("a few devices", 5, seconds=300),
    Case("single readings", 40),
    Case("many single readings", 200, seconds=30),
    Case("near the throttle", 700, seconds=5, warm_up=15),
    Case("small batches", 40, batch=10, seconds=200),
    Case("gateways", 300, batch=100, seconds=200),
    Case("many gateways", 3000, batch=100, seconds=30, warm_up=40),
    Case("more gateways", 6000, batch=100, seconds=20, warm_up=40),
    Case("a long window", 40, event_source=(("batching_window_seconds", 10),), seconds=200),
    Case(
        "no window",
        400,
        event_source=(
            ("batching_window_seconds", 0),
            ("batch_size", 10),
        ),
        seconds=20,
    ),
    Case("calls that fail", 300, batch=100, seconds=200, assumptions=Assumptions(failure_rate=0.1)),
    Case(
        "slow processing",
        300,
        batch=100,
        seconds=100,
        warm_up=60,
        assumptions=Assumptions(processor_milliseconds=1200),
    ),
]


@cache
def seen_within(case: Case) -> Figures:
    """Play a case once for all tests that look at it; the settings are those of the fixture."""
    return Simulation(case.ours(default_settings()), seed=7).run(case.seconds, case.warm_up)


def play(case: Case, settings: EnvironmentSettings, burst: int = 1) -> Figures:
    return Simulation(case.ours(settings), seed=7, burst=burst).run(case.seconds, case.warm_up)


@pytest.mark.parametrize("case", WITHIN, ids=lambda case: case.name)
def test_within_the_limits(case: Case, settings: EnvironmentSettings) -> None:
    ours, seen = case.ours(settings), seen_within(case)
    expected, load = ours.polling(), ours.load()

    assert seen.first_limit() is None
    assert seen.rate(seen.messages) == pytest.approx(ours.messages, rel=0.1)
    assert seen.batch_size == pytest.approx(expected.batch_size, rel=0.2)
    assert seen.rate(seen.busy["ingestion"]) == pytest.approx(
        load.functions["ingestion"].concurrency, rel=0.12, abs=0.02
    )
    busy = expected.batches * ours.processor_seconds(expected.batch_size)
    assert seen.rate(seen.busy["processor"]) == pytest.approx(busy, rel=0.15, abs=0.02)
    assert seen.lag_seconds == pytest.approx(expected.lag_seconds, rel=0.15, abs=0.3)


@pytest.mark.parametrize("case", WITHIN, ids=lambda case: case.name)
def test_calls_within_the_limits(case: Case, settings: EnvironmentSettings) -> None:
    ours, seen = case.ours(settings), seen_within(case)
    expected, functions = ours.polling(), ours.load().functions
    repeats = 1 / (1 - case.assumptions.failure_rate)

    for name in ("PutItem", "SendMessageBatch"):
        calls = functions["ingestion"].invocations * functions["ingestion"].calls[name] * repeats
        assert seen.rate(seen.calls[name]) == pytest.approx(calls, rel=0.1)
    batches = expected.batches * functions["processor"].calls["BatchWriteItem"] * repeats
    assert seen.rate(seen.calls["BatchWriteItem"]) == pytest.approx(batches, rel=0.25)
    receives = seen.calls["ReceiveMessage"] + seen.calls["EmptyReceive"]
    assert seen.rate(receives) == pytest.approx(expected.receives + expected.empty_receives, rel=0.25)
    deletes = ours.deletes(expected)
    assert seen.rate(seen.calls["DeleteMessageBatch"]) == pytest.approx(deletes, rel=0.2)


@pytest.mark.parametrize("burst", [5, 50])
def test_bursts_make_batches_larger_and_nothing_dearer(burst: int, settings: EnvironmentSettings) -> None:
    case = Case("bursts", 20, seconds=400)
    ours, seen = case.ours(settings), play(case, settings, burst)
    expected = ours.polling()

    assert seen.first_limit() is None
    assert seen.rate(seen.messages) == pytest.approx(case.readings, rel=0.15)
    assert seen.batch_size >= expected.batch_size * 0.97
    receives = seen.calls["ReceiveMessage"] + seen.calls["EmptyReceive"]
    assert seen.rate(receives) <= (expected.receives + expected.empty_receives) * 1.1


def test_what_fails_is_received_again(settings: EnvironmentSettings) -> None:
    case = Case("failing", 3, seconds=4000, warm_up=2500, assumptions=Assumptions(message_failure_rate=0.3))
    ours, seen = case.ours(settings), play(case, settings)

    assert ours.deliveries == pytest.approx(1 + 0.3 + 0.09)
    assert seen.rate(seen.messages) == pytest.approx(3 * ours.deliveries, rel=0.05)
    assert seen.rate(seen.dead) == pytest.approx(3 * 0.3**3, rel=0.25)
    assert seen.batch_size == pytest.approx(ours.polling().batch_size, rel=0.2)
    expected = ours.polling()
    put_offs = seen.rate(seen.calls["ChangeMessageVisibilityBatch"])
    assert put_offs == pytest.approx(ours.put_offs(expected), rel=0.2)
    assert seen.rate(seen.calls["DeleteMessageBatch"]) == pytest.approx(ours.deletes(expected), rel=0.2)


@pytest.mark.parametrize(
    ("case", "limit"),
    [
        (Case("twice the throttle", 2000, seconds=5, warm_up=10), API),
        (Case("slow ingestion", 600, assumptions=Assumptions(ingestion_milliseconds=400), seconds=10), INGESTION),
        (Case("large requests", 15_000, batch=100, seconds=15, warm_up=25), INGESTION),
        (
            Case(
                "slow processing",
                3000,
                batch=100,
                seconds=20,
                warm_up=40,
                assumptions=Assumptions(processor_milliseconds=5000),
                event_source=(("maximum_concurrency", 10),),
            ),
            MAPPING,
        ),
        (
            Case("few batches", 3000, batch=100, seconds=20, warm_up=40, event_source=(("maximum_concurrency", 2),)),
            MAPPING,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else value,
)
def test_beyond_a_limit(case: Case, limit: str, settings: EnvironmentSettings) -> None:
    ours, seen = case.ours(settings), play(case, settings)

    played = (API, INGESTION, MAPPING)
    assert seen.first_limit() == limit
    assert next(each.name for each in ceilings(ours) if each.name in played) == limit
    accepted = (seen.requests - seen.refused.total()) * case.batch
    if limit == MAPPING:
        assert seen.rate(seen.messages) == pytest.approx(ours.polling().batches * ours.polling().batch_size, rel=0.1)
    else:
        assert seen.rate(accepted) == pytest.approx(carried(ours), rel=0.1)


def carried(ours: Ours) -> float:
    """Readings a second that the API and ingestion let through."""
    ingested = ours.settings.functions.ingestion.reserved_concurrency / max(ours.ingestion_seconds(), LEAST_SECONDS)
    return min(ours.demand.requests, ours.settings.api.throttling_rate_limit, ingested) * ours.demand.batch


@pytest.mark.parametrize(("together", "refused"), [(1, False), (200, True)])
def test_a_burst_holds_what_comes_at_once(together: int, settings: EnvironmentSettings, *, refused: bool) -> None:
    # 600 requests a second under a rate of 1,000 and a burst of 100: the bucket is no cap of a second
    api = changed(settings.api, throttling_burst_limit=100)
    case = Case("a small bucket", 600, seconds=5, warm_up=15)

    seen = play(case, changed(settings, api=api), together)

    assert (seen.refused[API] > 0) is refused


def test_the_same_seed_gives_the_same_figures(settings: EnvironmentSettings) -> None:
    case = Case("any", 40)

    assert play(case, settings) == play(case, settings)
    assert Simulation(case.ours(settings), seed=8).run(60, 20) != play(case, settings)
