"""Each AWS call of the functions fails once; then all calls of an operation fail until the cause is fixed.

Once: callers get 200, or 503 and then 200 when they send again; messages are processed at once or when redelivered.
Permanently: nothing is acknowledged; messages are received exactly as often as the queue allows, and are then in the
dead-letter queue, from which `make redrive` moves them back when the cause is fixed.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, redrive
from tests.handlers.moto_pipeline import MotoPipeline
from tests.proofs.nothing_lost.faults import FAILURES, Fault, InjectedFault
from tests.proofs.nothing_lost.function_process import FunctionProcess, Outcome
from tests.proofs.nothing_lost.scenario import RECEIVES, SHORTEST_DELAY_SECONDS, Document, Scenario, status_of
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.timeout(600)]
POISON = "{no reading"
EVERY = None


def slow_except(fault: Fault) -> list[Any]:
    """All faults, all but this one marked as slow."""
    return [each if each is fault else pytest.param(each, marks=pytest.mark.slow) for each in FAILURES]


def failing_calls(fault: Fault, attempt: Callable[[InjectedFault], tuple[Outcome, Scenario]]) -> Iterator[Scenario]:
    """Make an attempt for every call that can fail, and yield its scenario."""
    for call in count(1):
        outcome, scenario = attempt(InjectedFault(fault, call))
        if not outcome.faulted:
            assert len(outcome.operations) == call - 1
            return
        yield scenario


@pytest.mark.long
@pytest.mark.parametrize("fault", slow_except(Fault.LOST_ANSWER))
@pytest.mark.parametrize("body", [Scenario.one, Scenario.batch])
def test_one_call_of_ingest_fails(
    fault: Fault,
    body: Callable[[Scenario], Document],
    world: MotoPipeline,
    functions: FunctionProcess,
    figures: Figures,
) -> None:
    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        sent = body(scenario)
        outcome = scenario.send(sent, injected)
        assert status_of(outcome) in (200, 503)
        assert status_of(outcome) == 200 or status_of(scenario.send(sent)) == 200
        return outcome, scenario

    for scenario in failing_calls(fault, attempt):
        scenario.drain()
        scenario.assert_complete()
        figures.count("calls of ingest that failed once: all readings once")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAILURES)
def test_one_call_of_processing_fails(
    fault: Fault, world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        assert status_of(scenario.send(scenario.large())) == 200
        scenario.enqueue(POISON)
        outcome = scenario.deliver(injected)
        assert outcome is not None
        return outcome, scenario

    for scenario in failing_calls(fault, attempt):
        scenario.drain()
        scenario.assert_complete(POISON)
        figures.count("calls of processing that failed once: all readings once, alerts sent")


@pytest.mark.parametrize("fault", slow_except(Fault.LOST_ANSWER))
def test_one_call_of_a_replay_fails(
    fault: Fault, world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    def attempt(injected: InjectedFault) -> tuple[Outcome, Scenario]:
        scenario = Scenario(world, functions)
        device = scenario.store_raw_only()
        outcome = scenario.replay(device, injected)
        assert status_of(outcome) in (200, 503)
        scenario.clock += SHORTEST_DELAY_SECONDS
        assert status_of(outcome) == 200 or status_of(scenario.replay(device)) == 200
        return outcome, scenario

    for scenario in failing_calls(fault, attempt):
        scenario.assert_complete()
        figures.count("calls of a replay that failed once: all readings once, alerts sent")


@pytest.mark.parametrize("fault", slow_except(Fault.ACCESS_DENIED))
@pytest.mark.parametrize("operation", ["GetParameter", "PutItem", "SendMessageBatch", EVERY])
def test_ingest_acknowledges_nothing_while_its_calls_fail(
    fault: Fault, operation: str | None, world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    scenario = Scenario(world, functions)
    body = scenario.batch()

    for _ in range(3):
        outcome = scenario.send(body, InjectedFault(fault, operation=operation))
        assert outcome.faulted > 0
        assert status_of(outcome) == 503

    assert scenario.raw().items() <= scenario.sent.items()
    assert status_of(scenario.send(body)) == 200
    scenario.drain()
    scenario.assert_complete()
    figures.count("operations of ingest that kept failing: never acknowledged, all readings once afterwards")


@pytest.mark.parametrize("fault", slow_except(Fault.ACCESS_DENIED))
@pytest.mark.parametrize(
    "operation", ["GetParameter", "BatchWriteItem", "BatchGetItem", "Query", "UpdateItem", "Publish", EVERY]
)
def test_messages_that_keep_failing_are_dead_lettered_after_the_maximum_receives(
    fault: Fault, operation: str | None, world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    scenario = Scenario(world, functions)
    assert status_of(scenario.send(scenario.large())) == 200

    outcomes = scenario.drain(InjectedFault(fault, operation=operation))

    assert all(outcome.faulted for outcome in outcomes)
    assert set(scenario.received.values()) == {RECEIVES}
    assert scenario.raw() == scenario.sent
    queue = DeadLetterQueue(world.sqs, world.dead_letter_queue_url)
    moved = redrive(queue, IngestionQueue(world.sqs, world.queue_url))
    assert moved.seen == set(scenario.received)
    assert len(moved.new_ids) == len(scenario.received)
    scenario.drain()
    scenario.assert_complete()
    figures.count(
        "operations of processing that kept failing: dead-lettered after 3 receives, all readings once when redriven"
    )


@pytest.mark.parametrize("fault", slow_except(Fault.ACCESS_DENIED))
def test_poison_that_the_processor_cannot_dead_letter_is_dead_lettered_by_the_queue(
    fault: Fault, world: MotoPipeline, functions: FunctionProcess, figures: Figures
) -> None:
    scenario = Scenario(world, functions)
    assert status_of(scenario.send(scenario.batch())) == 200
    scenario.enqueue(POISON)

    scenario.drain(InjectedFault(fault, operation="SendMessageBatch"))

    assert sorted(scenario.received.values())[-2:] == [1, RECEIVES]
    assert POISON in {message["Body"] for message in scenario.dead_letters()}
    scenario.assert_complete()
    figures.count("poison that could not be dead-lettered at once: delayed nothing, dead-lettered after 3 receives")
