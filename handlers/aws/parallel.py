"""The same work for many things at once, in threads: AWS calls wait, they do not compute."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from handlers.aws.clients import CONNECTIONS

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Thing], Result], things: Sequence[Thing]) -> list[Result]:
    """Do the work for each thing, as many at once as a client has connections.

    Returns:
        The results in the things' order.

    Raises:
        Exception: the first that the work raised, after all work that was started has ended.
    """
    if len(things) <= 1:
        return [work(thing) for thing in things]
    with ThreadPoolExecutor(min(CONNECTIONS, len(things))) as pool:
        return list(pool.map(work, things))
