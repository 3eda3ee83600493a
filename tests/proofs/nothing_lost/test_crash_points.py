"""A function's process is killed before and after each of its AWS calls; repeated requests and redelivery repair it.

The crash points are found, not listed: the fault moves to the next call until an invocation survives. The promise:

- An acknowledged reading is stored and processed, or is in the dead-letter queue with its reason; none is there twice.
- A reading that was not acknowledged is absent, or stored raw as it was sent. It is processed only where it is stored
  raw, and `POST /process` processes readings that are only stored raw.
- Subscribers are notified of an alert at least once.
"""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.handlers.moto_pipeline import MotoPipeline
from tests.proofs.nothing_lost.faults import KILLS, Fault, InjectedFault
from tests.proofs.nothing_lost.function_process import FunctionProcess, Outcome
from tests.proofs.nothing_lost.scenario import Document, Scenario, status_of
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.long]
Attempt = Callable[[InjectedFault], tuple[Outcome, Scenario]]
POISON = "{no reading"
BODIES = [Scenario.one, Scenario.batch]


def crash_points(attempt: Attempt, figures: Figures, name: str) -> Iterator[Scenario]:
    """Make an attempt for every crash point, and yield its scenario after the process was killed."""
    kills = 0
    for call in count(1):
        # "Killed before" a later call is "killed after" the one before it, as calls are sent one by one.
        for fault in KILLS if call == 1 else (Fault.KILLED_AFTER,):
            outcome, scenario = attempt(InjectedFault(fault, call))
            if outcome.killed:
                kills += 1
                yield scenario
            else:
                assert kills == len(outcome.operations) + 1, outcome
                figures.measure(f"calls of {name}", " ".join(outcome.operations))
                return


@pytest.mark.parametrize("body", BODIES)
def test_ingest_is_killed_and_the_caller_sends_again(
    world: MotoPipeline, functions: FunctionProcess, figures: Figures, body: Callable[[Scenario], Document]
) -> None:
    bodies: list[Document] = []

    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        bodies.append(body(scenario))
        return scenario.send(bodies[-1], injected), scenario

    for scenario in crash_points(attempt, figures, f"ingest of {body.__name__}"):
        assert status_of(scenario.send(bodies[-1])) == 200
        scenario.drain()
        scenario.assert_complete()
        figures.count("crash points of ingest, sent again: all readings once")


@pytest.mark.parametrize("body", BODIES)
def test_ingest_is_killed_and_the_caller_gives_up(
    world: MotoPipeline, functions: FunctionProcess, figures: Figures, body: Callable[[Scenario], Document]
) -> None:
    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        return scenario.send(body(scenario), injected), scenario

    for scenario in crash_points(attempt, figures, f"ingest of {body.__name__}"):
        scenario.drain()
        assert scenario.processed().items() <= scenario.raw().items() <= scenario.sent.items()
        for device in {device for device, _ in scenario.raw()}:
            assert status_of(scenario.replay(device)) == 200
        assert scenario.processed() == scenario.raw()
        assert scenario.dead_letters() == []
        figures.count("crash points of ingest, never sent again: absent, or raw and replayed")


def test_processing_is_killed_and_the_queue_delivers_again(
    world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        assert status_of(scenario.send(scenario.large())) == 200
        scenario.enqueue(POISON)
        outcome = scenario.deliver(injected)
        assert outcome is not None
        return outcome, scenario

    for scenario in crash_points(attempt, figures, "processing"):
        scenario.drain()
        scenario.assert_complete(POISON)
        figures.count("crash points of processing, redelivered: all readings once, alerts sent")


def test_a_replay_is_killed_and_requested_again(
    world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        return scenario.replay(scenario.store_raw_only(), injected), scenario

    for scenario in crash_points(attempt, figures, "replay"):
        scenario.clock += 60
        (device,) = {device for device, _ in scenario.sent}
        assert status_of(scenario.replay(device)) == 200
        scenario.assert_complete()
        figures.count("crash points of a replay, requested again: all readings once, alerts sent")
