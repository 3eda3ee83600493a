"""Each AWS call of the functions fails once, then calls of each operation fail for good, until the cause is gone.

Once: callers are answered 200, or 503 and 200 when they send again; messages are processed, now or when they come back.
For good: nothing is acknowledged; messages are received exactly as often as the queue allows, and are then in the
dead-letter queue, from which `ops.operate.redrive` brings them back when the cause is gone.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, redrive
from tests.handlers.world import World
from tests.proofs.nothing_lost.faults import FAILURES, Fault, Trouble
from tests.proofs.nothing_lost.functions import Ending, Functions
from tests.proofs.nothing_lost.surroundings import RECEIVES, SHORTEST_DELAY_SECONDS, Document, Surroundings, status_of
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.timeout(600)]
POISON = "{no reading"
EVERY = None


def quick(fault: Fault) -> list[Any]:
    """All faults, of which only this one is tried where there is little time."""
    return [each if each is fault else pytest.param(each, marks=pytest.mark.slow) for each in FAILURES]


def failing_calls(fault: Fault, story: Callable[[Trouble], tuple[Ending, Surroundings]]) -> Iterator[Surroundings]:
    """Play a story for every call that fails once, and hand it out when the invocation has ended."""
    for call in count(1):
        ending, surroundings = story(Trouble(fault, call))
        if not ending.struck:
            assert len(ending.operations) == call - 1
            return
        yield surroundings


@pytest.mark.parametrize("fault", quick(Fault.LOST_ANSWER))
@pytest.mark.parametrize("body", [Surroundings.one, Surroundings.batch])
def test_one_call_of_ingest_fails(
    fault: Fault,
    body: Callable[[Surroundings], Document],
    world: World,
    functions: Functions,
    figures: Figures,
) -> None:
    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        sent = body(surroundings)
        ending = surroundings.send(sent, trouble)
        assert status_of(ending) in (200, 503)
        assert status_of(ending) == 200 or status_of(surroundings.send(sent)) == 200
        return ending, surroundings

    for surroundings in failing_calls(fault, story):
        surroundings.drain()
        surroundings.assert_whole()
        figures.count("calls of ingest that failed once: whole, once")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAILURES)
def test_one_call_of_processing_fails(fault: Fault, world: World, functions: Functions, figures: Figures) -> None:
    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        assert status_of(surroundings.send(surroundings.large())) == 200
        surroundings.enqueue(POISON)
        ending = surroundings.deliver(trouble)
        assert ending is not None
        return ending, surroundings

    for surroundings in failing_calls(fault, story):
        surroundings.drain()
        surroundings.assert_whole(POISON)
        figures.count("calls of processing that failed once: whole, once, alerts told")


@pytest.mark.parametrize("fault", quick(Fault.LOST_ANSWER))
def test_one_call_of_a_replay_fails(fault: Fault, world: World, functions: Functions, figures: Figures) -> None:
    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        device = surroundings.raw_alone()
        ending = surroundings.replay(device, trouble)
        assert status_of(ending) in (200, 503)
        surroundings.clock += SHORTEST_DELAY_SECONDS
        assert status_of(ending) == 200 or status_of(surroundings.replay(device)) == 200
        return ending, surroundings

    for surroundings in failing_calls(fault, story):
        surroundings.assert_whole()
        figures.count("calls of a replay that failed once: whole, once, alerts told")


@pytest.mark.parametrize("fault", quick(Fault.ACCESS_DENIED))
@pytest.mark.parametrize("operation", ["GetParameter", "PutItem", "SendMessageBatch", EVERY])
def test_ingest_acknowledges_nothing_while_it_cannot_work(
    fault: Fault, operation: str | None, world: World, functions: Functions, figures: Figures
) -> None:
    surroundings = Surroundings(world, functions)
    body = surroundings.batch()

    for _ in range(3):
        ending = surroundings.send(body, Trouble(fault, operation=operation))
        assert ending.struck > 0
        assert status_of(ending) == 503

    assert surroundings.raw().items() <= surroundings.sent.items()
    assert status_of(surroundings.send(body)) == 200
    surroundings.drain()
    surroundings.assert_whole()
    figures.count("operations of ingest that failed for good: never acknowledged, whole afterwards")


@pytest.mark.parametrize("fault", quick(Fault.ACCESS_DENIED))
@pytest.mark.parametrize(
    "operation", ["GetParameter", "BatchWriteItem", "BatchGetItem", "Query", "UpdateItem", "Publish", EVERY]
)
def test_what_cannot_be_processed_is_dead_lettered_after_exactly_so_many_receives(
    fault: Fault, operation: str | None, world: World, functions: Functions, figures: Figures
) -> None:
    surroundings = Surroundings(world, functions)
    assert status_of(surroundings.send(surroundings.large())) == 200

    endings = surroundings.drain(Trouble(fault, operation=operation))

    assert all(ending.struck for ending in endings)
    assert set(surroundings.received.values()) == {RECEIVES}
    assert surroundings.raw() == surroundings.sent
    queue = DeadLetterQueue(world.sqs, world.dead_letter_queue_url)
    moved = redrive(queue, IngestionQueue(world.sqs, world.queue_url))
    assert moved.seen == set(surroundings.received)
    assert len(moved.new_ids) == len(surroundings.received)
    surroundings.drain()
    surroundings.assert_whole()
    figures.count("operations of processing that failed for good: dead letters after 3 receives, whole when redriven")


@pytest.mark.parametrize("fault", quick(Fault.ACCESS_DENIED))
def test_poison_that_cannot_be_sent_away_is_dead_lettered_by_the_queue(
    fault: Fault, world: World, functions: Functions, figures: Figures
) -> None:
    surroundings = Surroundings(world, functions)
    assert status_of(surroundings.send(surroundings.batch())) == 200
    surroundings.enqueue(POISON)

    surroundings.drain(Trouble(fault, operation="SendMessageBatch"))

    assert sorted(surroundings.received.values())[-2:] == [1, RECEIVES]
    assert POISON in {letter["Body"] for letter in surroundings.dead_letters()}
    surroundings.assert_whole()
    figures.count("poison that could not be sent away: held up nothing, dead letter after 3 receives")
