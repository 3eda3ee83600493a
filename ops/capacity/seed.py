"""The same fleet with the seed's design, from which this project comes: what one builds first.

Known of it: its API takes one reading a request; 256 MB; one PutItem and one SendMessage a reading; both tables on
demand with point-in-time recovery; X-Ray active on API and functions; logs kept 30 days; eight alarms; no key of its
own. Assumed in its favour where its text is silent: 512 MB for the processor as in this project, Terraform's defaults
for the event source mapping (batches of 10, no window), one log line an invocation, no access log, no metrics, no
dashboard; items, CPU and waits of calls as in this project. The functions of `bench/peers/seed.py` take several
readings, too, and put and send one after another: like for like, they are priced with as many in a request.
"""

from typing import Final

from ops.capacity.bill import GIGABYTE, ITEM_OVERHEAD_BYTES, Bill, stored_gigabytes, traces
from ops.capacity.demand import Demand
from ops.capacity.invocations import LOG_EVENT_OVERHEAD_BYTES, PLATFORM_LOG_BYTES, seconds
from ops.capacity.polling import poll
from ops.capacity.published import cost
from ops.capacity.sizes import sizes
from ops.capacity.workload import ANSWER_BYTES, Workload

INGESTION_MEGABYTES: Final = 256
PROCESSOR_MEGABYTES: Final = 512
BATCH_SIZE: Final = 10
_LOG_BYTES: Final = 200 + LOG_EVENT_OVERHEAD_BYTES + PLATFORM_LOG_BYTES
TARGETS: Final = {"the lower bound: two writes": 1.25, "the seed's design, one reading a request": 0.25}
"""The pipeline's cost with 100 readings in a request is to be at most so many times each."""


def compare(workload: Workload) -> dict[str, float]:
    """Return dollars for a million readings: the pipeline's, the seed's design, and the two writes of any design."""
    demand = workload.demand
    return {
        "this pipeline": workload.bill.per_million,
        "the lower bound: two writes": cost("dynamodb.write_units", sum(workload.sizes.write_units) * 1_000_000),
        "the seed's design, one reading a request": seed_bill(demand).per_million,
        "the seed's functions, as many a request": seed_bill(demand, demand.batch).per_million,
    }


def seed_bill(demand: Demand, batch: int = 1) -> Bill:
    """Return the bill of the seed's design.

    Args:
        demand: The fleet; its batch does not count.
        batch: Readings in a request: the seed's API takes one, its functions take more.
    """
    readings, requests, stored = demand.readings, demand.readings / batch, sizes(1, demand.sensor_values)
    polling = poll(readings, 1, BATCH_SIZE, 0, _processor_seconds)
    batches, logged = polling.batches, (requests + polling.batches) * _LOG_BYTES
    ingestion = seconds({"PutItem": batch, "SendMessageBatch": batch}, batch, INGESTION_MEGABYTES, connections=1)
    memory = requests * ingestion * INGESTION_MEGABYTES
    memory += batches * _processor_seconds(polling.batch_size) * PROCESSOR_MEGABYTES
    a_second = {
        "api_gateway.requests": requests,
        "lambda.requests": requests + batches,
        "lambda.gb_seconds_x86_64": memory / 1024,
        "sqs.requests": readings + batches + polling.receives + polling.empty_receives,
        "dynamodb.write_units": readings * sum(stored.write_units),
        "logs.lambda": logged / GIGABYTE,
        "xray.traces": traces(requests, batches),
        "transfer.out": requests * ANSWER_BYTES / GIGABYTE,
    }
    kept = stored_gigabytes(readings * (stored.raw + stored.processed + 2 * ITEM_OVERHEAD_BYTES))
    a_month = {"dynamodb.storage": kept, "dynamodb.recovery": kept, "cloudwatch.alarms": 8}
    return Bill(readings, a_second, {**a_month, "logs.stored": stored_gigabytes(logged, days=30)})


def _processor_seconds(messages: float) -> float:
    return seconds({"PutItem": messages}, messages, PROCESSOR_MEGABYTES, connections=1)
