"""Processes stored raw readings again."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from handlers.aws.range_reader import Item, RangeReader
from handlers.aws.retrying import Retrying
from handlers.domain.problems import FaultsError
from handlers.domain.reading import Reading
from handlers.domain.replay_request import ReplayRequest
from handlers.domain.rules import Rule
from handlers.domain.transform import Plan, plan
from handlers.domain.validation import READING_MEMBERS, validate
from handlers.errors import RefusedError
from handlers.services.processing import Processing


class Replayed(msgspec.Struct, frozen=True):
    """The answer to a replay.

    Attributes:
        processed: how many readings were.
        failed: how many stored items are not valid readings, or were refused.
        next_token: for the next page, or None.
    """

    processed: int
    failed: int
    next_token: str | None


class Replay(msgspec.Struct, frozen=True):
    """Processes a page of a device's raw readings; doing so again gives the same table.

    Subscribers are notified of the alert state after the page, unless newer readings decide otherwise. Earlier
    transitions are not published: they were at their time, or it is too late.

    Attributes:
        clock: epoch milliseconds now.
    """

    raw: RangeReader
    processing: Processing
    clock: Callable[[], int]

    def run(self, request: ReplayRequest, rules: Mapping[str, Rule], retrying: Retrying) -> Replayed:
        """Process one page.

        Raises:
            UnavailableError: AWS failed; the page may be processed in part.
        """
        limit = request.paging.limit
        items = list(self.raw.read(request.device_id, request.window, limit + 1, retrying, is_descending=False))
        page = items[:limit]
        plans = self._plans(page, rules)
        failures = self.processing.carry_out(_last_observations(plans), retrying)
        for error in failures.values():
            if not isinstance(error, RefusedError):
                raise error
        processed = len(plans) - len(failures)
        next_token = request.paging.next_token(int(page[-1]["timestamp"])) if len(items) > limit else None
        return Replayed(processed, len(page) - processed, next_token)

    def _plans(self, items: Iterable[Item], rules: Mapping[str, Rule]) -> list[Plan]:
        moment = self.clock()
        plans = []
        for item in items:
            try:
                plans.append(plan(_reading(item), rules, moment))
            except FaultsError:  # written by another program: counted as failed
                continue
        return plans


def _last_observations(plans: list[Plan]) -> list[Plan]:
    """Keep, for each rule, only the observation of the last reading that decides; the readings are in order."""
    last = {observation.rule_name: observation for plan in plans for observation in plan.observations}
    return [
        msgspec.structs.replace(plan, observations=[each for each in plan.observations if last[each.rule_name] is each])
        for plan in plans
    ]


def _reading(item: Item) -> Reading:
    return validate({name: item.get(name) for name in READING_MEMBERS}, "#").reading(now=0)
