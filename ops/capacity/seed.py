"""The seed's design, from which this project comes, under the same demand: what one builds first.

Known of it: its API takes one reading a request; 256 MB; one PutItem and one SendMessage a reading; both tables on
demand with point-in-time recovery; X-Ray active on API and functions; logs kept 30 days; eight alarms; no key of its
own. Assumed in its favour where its text is silent: 512 MB for the processor as in ours, Terraform's defaults for the
event source mapping (batches of 10, no window), one log line an invocation, no access log, no metrics, no dashboard;
items, CPU and waits of calls as in ours. The functions of `bench/seed` take several readings, too, and put and send
one after another: like for like with ours, they are priced with as many in a request.
"""

from typing import Final

from ops.capacity import logs
from ops.capacity.assumptions import Assumptions, seconds
from ops.capacity.calls import Calls
from ops.capacity.demand import Demand
from ops.capacity.items import sizes, write_units
from ops.capacity.load import Load, Standing, Work
from ops.capacity.ours import ANSWER_BYTES
from ops.capacity.polling import UNLIMITED, Mapping, poll
from ops.capacity.tracing import traces

INGESTION_MEGABYTES: Final = 256
PROCESSOR_MEGABYTES: Final = 512
BATCH_SIZE: Final = 10
ALARMS: Final = 8
LOG_RETENTION_DAYS: Final = 30
LOG_LINE_BYTES: Final = 200
_TAKEN: Final[Calls] = {"PutItem": 1, "SendMessageBatch": 1}
"""Calls for one reading; SendMessage costs what a batch of one does."""


def seed_load(demand: Demand, assumptions: Assumptions, batch: int = 1) -> Load:
    """What happens each second.

    Args:
        demand: Of the fleet; its batch does not count.
        assumptions: Those that ours goes by.
        batch: Readings in a request: the seed's API takes one, its functions take more.
    """
    requests = demand.readings / batch
    stored = sizes(demand.sensor_values, raw_expires=False, processed_expires=False)
    mapping = Mapping(BATCH_SIZE, 0.0, UNLIMITED, assumptions.receive_milliseconds / 1000)
    polling = poll(mapping, demand.readings, 1, _processor_seconds)
    batches = polling.batches
    logged = LOG_LINE_BYTES + logs.EVENT_OVERHEAD_BYTES + logs.PLATFORM_BYTES
    size = polling.batch_size
    request = _one_after_another(_TAKEN, batch, INGESTION_MEGABYTES)
    calls: Calls = {name: number * batch for name, number in _TAKEN.items()}
    return Load(
        name="seed",
        architecture="x86_64",
        readings=demand.readings,
        requests=requests,
        functions={
            "ingestion": Work(requests, request, INGESTION_MEGABYTES, logged, calls),
            "processor": Work(batches, _processor_seconds(size), PROCESSOR_MEGABYTES, logged, {"PutItem": size}),
        },
        sqs_requests=demand.readings + batches + polling.receives + polling.empty_receives,
        write_units=demand.readings * (write_units(stored.raw) + write_units(stored.processed)),
        read_units=0,
        stored_bytes=(
            (demand.readings * stored.raw, demand.readings, None),
            (demand.readings * stored.processed, demand.readings, None),
        ),
        traces=traces(requests) + traces(batches),
        access_log_bytes=0,
        answer_bytes=ANSWER_BYTES,
        parameter_reads=0,
        publications=0,
        deliveries={},
        log_retention_days=LOG_RETENTION_DAYS,
        standing=Standing(metrics=0, alarm_metrics=ALARMS, dashboards=0, keys=0, kms_requests=0),
    )


def _processor_seconds(messages: float) -> float:
    return _one_after_another({"PutItem": 1}, messages, PROCESSOR_MEGABYTES)


def _one_after_another(calls: Calls, readings: float, megabytes: int) -> float:
    """An invocation whose calls for each reading wait for those for the one before: calls side by side are ours.

    Args:
        calls: For one reading.
        readings: In the invocation, one at least.
        megabytes: The function's memory.
    """
    first = seconds(calls, 1, megabytes)
    return first + (readings - 1) * (first - seconds({}, 0, megabytes))
