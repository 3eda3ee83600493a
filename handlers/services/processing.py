"""Processes readings: the items first, then the alerts that follow from them."""

from collections.abc import Callable, Sequence
from itertools import chain

import msgspec

from handlers.aws.parallel import in_parallel
from handlers.aws.processed_table import MAXIMUM_WRITES, ProcessedTable
from handlers.aws.retrying import Retrying
from handlers.domain.reading import Key
from handlers.domain.transform import Plan
from handlers.errors import RefusedError, UnavailableError
from handlers.services.alerting import Alerting

Failures = dict[Key, Exception]


class Processing(msgspec.Struct, frozen=True):
    """Writes items and evaluates rules; doing so again, in any order, gives the same table.

    Attributes:
        clock: epoch milliseconds now.
    """

    table: ProcessedTable
    alerting: Alerting
    clock: Callable[[], int]

    def carry_out(self, plans: Sequence[Plan], retrying: Retrying) -> Failures:
        """Write the items and evaluate the rules.

        Returns:
            The failures by the readings' keys; a `RefusedError` where DynamoDB refuses the item itself.
        """
        distinct = {plan.reading.key: plan for plan in plans}
        results = in_parallel(lambda chunk: self._write(chunk, retrying), _chunks(list(distinct.values())))
        failures = {key: error for result in results for key, error in result.items()}
        written = [plan for key, plan in distinct.items() if key not in failures]
        return failures | self._evaluate(written, retrying)

    def _write(self, plans: Sequence[Plan], retrying: Retrying) -> Failures:
        try:
            self.table.put([plan.item for plan in plans], self.clock(), retrying)
        except RefusedError as error:
            if len(plans) == 1:
                return {plans[0].reading.key: error}
            # DynamoDB refuses a whole batch for one item: write the others one by one.
            return {key: fault for plan in plans for key, fault in self._write([plan], retrying).items()}
        except UnavailableError as error:
            return {plan.reading.key: error for plan in plans}
        return {}

    def _evaluate(self, plans: Sequence[Plan], retrying: Retrying) -> Failures:
        observing = [plan for plan in plans if plan.observations]
        failures = self.alerting.evaluate(chain.from_iterable(plan.observations for plan in observing), retrying)
        readings = [plan.reading for plan in observing]
        return {reading.key: failures[reading.device_id] for reading in readings if reading.device_id in failures}


def _chunks(plans: Sequence[Plan]) -> list[Sequence[Plan]]:
    return [plans[start : start + MAXIMUM_WRITES] for start in range(0, len(plans), MAXIMUM_WRITES)]
