"""The model's averages against the simulation, from an idle queue to loads beyond each limit."""

from dataclasses import dataclass
from functools import cache

import pytest
from msgspec.structs import replace as changed

from generate.settings import EnvironmentSettings
from ops.capacity.demand import Demand
from ops.capacity.utilization import MINIMUM_SECONDS, utilizations
from ops.capacity.workload import Workload
from tests.ops.capacity.conftest import default_settings
from tests.ops.capacity.simulation import API, INGESTION, MAPPING, Figures, Simulation


@dataclass(frozen=True)
class Case:
    """A load; rates are a second."""

    name: str
    readings: float
    batch: int = 1
    seconds: float = 60
    warm_up: float = 20
    ingestion_milliseconds: float | None = None
    processor_milliseconds: float | None = None
    event_source: tuple[tuple[str, int], ...] = ()

    def workload(self, settings: EnvironmentSettings) -> Workload:
        source = changed(settings.functions.event_source, **dict(self.event_source))
        functions = changed(settings.functions, event_source=source)
        demand = Demand(
            1000,
            1000 / self.readings,
            self.batch,
            peak=1,
            ingestion_milliseconds=self.ingestion_milliseconds,
            processor_milliseconds=self.processor_milliseconds,
        )
        return Workload(demand, changed(settings, functions=functions))


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
    Case("no window", 400, event_source=(("batching_window_seconds", 0), ("batch_size", 10)), seconds=20),
    Case("slow processing", 300, batch=100, seconds=100, warm_up=60, processor_milliseconds=1200),
]


@cache
def simulated(case: Case) -> Figures:
    """Simulate a case once for all tests that use it; the settings are those of the fixture."""
    return simulate(case, default_settings())


def simulate(case: Case, settings: EnvironmentSettings, burst: int = 1) -> Figures:
    return Simulation(case.workload(settings), seed=7, burst=burst).run(case.seconds, case.warm_up)


@pytest.mark.parametrize("case", WITHIN, ids=lambda case: case.name)
def test_within_the_limits(case: Case, settings: EnvironmentSettings) -> None:
    workload, found = case.workload(settings), simulated(case)
    ingestion, processor = workload.concurrency

    assert found.first_limit() is None
    assert found.rate(found.messages) == pytest.approx(workload.messages, rel=0.1)
    assert found.batch_size == pytest.approx(workload.polling.batch_size, rel=0.2)
    assert found.rate(found.busy["ingestion"]) == pytest.approx(ingestion, rel=0.12, abs=0.02)
    assert found.rate(found.busy["processor"]) == pytest.approx(processor, rel=0.15, abs=0.02)


@pytest.mark.parametrize("case", WITHIN, ids=lambda case: case.name)
def test_calls_within_the_limits(case: Case, settings: EnvironmentSettings) -> None:
    workload, found = case.workload(settings), simulated(case)
    polling = workload.polling

    for name in ("PutItem", "SendMessageBatch"):
        calls = workload.demand.requests * workload.request_calls[name]
        assert found.rate(found.calls[name]) == pytest.approx(calls, rel=0.1)
    writes = polling.batches * workload.batch_calls(polling.batch_size)["BatchWriteItem"]
    assert found.rate(found.calls["BatchWriteItem"]) == pytest.approx(writes, rel=0.25)
    receives = found.calls["ReceiveMessage"] + found.calls["EmptyReceive"]
    assert found.rate(receives) == pytest.approx(polling.receives + polling.empty_receives, rel=0.25)
    assert found.rate(found.calls["DeleteMessageBatch"]) == pytest.approx(workload.deletes, rel=0.2)


@pytest.mark.parametrize("burst", [5, 50])
def test_bursts_make_batches_larger_and_nothing_more_expensive(burst: int, settings: EnvironmentSettings) -> None:
    case = Case("bursts", 20, seconds=400)
    polling, found = case.workload(settings).polling, simulate(case, settings, burst)

    assert found.first_limit() is None
    assert found.rate(found.messages) == pytest.approx(case.readings, rel=0.15)
    assert found.batch_size >= polling.batch_size * 0.97
    receives = found.calls["ReceiveMessage"] + found.calls["EmptyReceive"]
    assert found.rate(receives) <= (polling.receives + polling.empty_receives) * 1.1


SLOW = Case(
    "slow processing",
    3000,
    batch=100,
    seconds=20,
    warm_up=40,
    processor_milliseconds=5000,
    event_source=(("maximum_concurrency", 10),),
)


@pytest.mark.parametrize(
    ("case", "limit"),
    [
        (Case("twice the throttle", 2000, seconds=5, warm_up=10), API),
        (Case("slow ingestion", 600, ingestion_milliseconds=400, seconds=10), INGESTION),
        (Case("large requests", 15_000, batch=100, seconds=15, warm_up=25), INGESTION),
        (SLOW, MAPPING),
        (
            Case("few batches", 3000, batch=100, seconds=20, warm_up=40, event_source=(("maximum_concurrency", 2),)),
            MAPPING,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else value,
)
def test_beyond_a_limit(case: Case, limit: str, settings: EnvironmentSettings) -> None:
    workload, found = case.workload(settings), simulate(case, settings)

    assert found.first_limit() == limit
    limits = {each.name: each for each in utilizations(workload) if each.name in (API, INGESTION, MAPPING)}
    assert next(iter(limits)) == limit
    if limit == MAPPING:
        assert found.rate(found.messages) == pytest.approx(workload.messages / limits[MAPPING].used, rel=0.1)
    else:
        accepted = (found.requests - found.refused.total()) * case.batch
        assert found.rate(accepted) == pytest.approx(accepted_readings(workload), rel=0.1)


def accepted_readings(workload: Workload) -> float:
    """Return the readings a second that the API and ingestion let through."""
    seconds = max(workload.ingestion_seconds, MINIMUM_SECONDS)
    ingested = workload.settings.functions.ingestion.reserved_concurrency / seconds
    rate = workload.settings.api.throttling_rate_limit
    return min(workload.demand.requests, rate, ingested) * workload.demand.batch


@pytest.mark.parametrize(("together", "refused"), [(1, False), (200, True)])
def test_the_burst_limits_only_what_arrives_at_once(
    together: int, settings: EnvironmentSettings, *, refused: bool
) -> None:
    # 600 requests a second under a rate of 1,000 and a burst of 100: the bucket does not limit a second
    api = changed(settings.api, throttling_burst_limit=100)
    case = Case("a small bucket", 600, seconds=5, warm_up=15)

    found = simulate(case, changed(settings, api=api), together)

    assert (found.refused[API] > 0) is refused


def test_the_same_seed_gives_the_same_figures(settings: EnvironmentSettings) -> None:
    case = Case("any", 40)

    assert simulate(case, settings) == simulate(case, settings)
    assert Simulation(case.workload(settings), seed=8).run(60, 20) != simulate(case, settings)
