"""A function's process is killed before and after each of its AWS calls, and what the world does then mends it.

The crash points are found, not listed: the next call is struck until an invocation lives. What is promised:

- What was acknowledged is raw and processed, or in the dead-letter queue with its reason; no reading is there twice.
- What was not acknowledged is absent, or raw as it was sent; it is processed only where it is raw, and `POST /process`
  processes what is raw alone.
- Subscribers are told of an alert at least once.
"""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.handlers.moto_pipeline import MotoPipeline
from tests.proofs.nothing_lost.faults import KILLS, Fault, Trouble
from tests.proofs.nothing_lost.functions import Ending, Functions
from tests.proofs.nothing_lost.surroundings import Document, Surroundings, status_of
from tests.support.proving import Figures

pytestmark = pytest.mark.proof("nothing lost")
Story = Callable[[Trouble], tuple[Ending, Surroundings]]
POISON = "{no reading"
BODIES = [Surroundings.one, Surroundings.batch]


def crash_points(story: Story, figures: Figures, name: str) -> Iterator[Surroundings]:
    """Play a story for every crash point, and hand it out when the process has died."""
    deaths = 0
    for call in count(1):
        # Killed before a later call is killed after the one before it, for they leave one by one.
        for fault in KILLS if call == 1 else (Fault.KILLED_AFTER,):
            ending, surroundings = story(Trouble(fault, call))
            if ending.killed:
                deaths += 1
                yield surroundings
            else:
                assert deaths == len(ending.operations) + 1, ending
                figures.measure(f"calls of {name}", " ".join(ending.operations))
                return


@pytest.mark.parametrize("body", BODIES)
def test_ingest_is_killed_and_the_caller_sends_again(
    world: MotoPipeline, functions: Functions, figures: Figures, body: Callable[[Surroundings], Document]
) -> None:
    bodies: list[Document] = []

    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        bodies.append(body(surroundings))
        return surroundings.send(bodies[-1], trouble), surroundings

    for surroundings in crash_points(story, figures, f"ingest of {body.__name__}"):
        assert status_of(surroundings.send(bodies[-1])) == 200
        surroundings.drain()
        surroundings.assert_whole()
        figures.count("crash points of ingest, sent again: whole, once")


@pytest.mark.parametrize("body", BODIES)
def test_ingest_is_killed_and_the_caller_never_hears(
    world: MotoPipeline, functions: Functions, figures: Figures, body: Callable[[Surroundings], Document]
) -> None:
    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        return surroundings.send(body(surroundings), trouble), surroundings

    for surroundings in crash_points(story, figures, f"ingest of {body.__name__}"):
        surroundings.drain()
        assert surroundings.processed().items() <= surroundings.raw().items() <= surroundings.sent.items()
        for device in {device for device, _ in surroundings.raw()}:
            assert status_of(surroundings.replay(device)) == 200
        assert surroundings.processed() == surroundings.raw()
        assert surroundings.dead_letters() == []
        figures.count("crash points of ingest, never sent again: absent, or raw and to be replayed")


def test_processing_is_killed_and_the_queue_delivers_again(
    world: MotoPipeline, functions: Functions, figures: Figures
) -> None:
    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        assert status_of(surroundings.send(surroundings.large())) == 200
        surroundings.enqueue(POISON)
        ending = surroundings.deliver(trouble)
        assert ending is not None
        return ending, surroundings

    for surroundings in crash_points(story, figures, "processing"):
        surroundings.drain()
        surroundings.assert_whole(POISON)
        figures.count("crash points of processing, delivered again: whole, once, alerts told")


def test_a_replay_is_killed_and_asked_for_again(world: MotoPipeline, functions: Functions, figures: Figures) -> None:
    def story(trouble: Trouble) -> tuple[Ending, Surroundings]:
        surroundings = Surroundings(world, functions)
        return surroundings.replay(surroundings.raw_alone(), trouble), surroundings

    for surroundings in crash_points(story, figures, "replay"):
        surroundings.clock += 60
        (device,) = {device for device, _ in surroundings.sent}
        assert status_of(surroundings.replay(device)) == 200
        surroundings.assert_whole()
        figures.count("crash points of a replay, asked for again: whole, once, alerts told")
