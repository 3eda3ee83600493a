"""How much of each limit a demand uses, and what to change: the texts are in `utilization.toml`."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from generate.settings import MAPPING_CONCURRENCY_LIMIT
from handlers.aws.alert_state import PARTITIONS
from handlers.aws.parameters import LIFETIME_SECONDS, LONGEST_READ_SECONDS
from ops.capacity.published import limit, quota_code, read
from ops.capacity.workload import Workload

MINIMUM_SECONDS: Final = 1 / limit("lambda.requests_per_environment")
"""For which an invocation counts against a function's concurrency, however short it is."""


@dataclass(frozen=True)
class Utilization:
    """One limit.

    Attributes:
        name: What is limited.
        load: What the demand needs in its busiest second.
        allowed: The limit.
        unit: Of both.
        change: What to change where the limit is reached.
        growth: How the limit grows; None where a setting is the limit.
        quota_code: The limit's code in Service Quotas, where there is one and it is known.
    """

    name: str
    load: float
    allowed: float
    unit: str
    change: str
    growth: Literal["by itself", "on request", "never"] | None = None
    quota_code: str | None = None

    @property
    def used(self) -> float:
        """The share that is used; over 1 the limit is reached."""
        return self.load / self.allowed


def utilizations(workload: Workload) -> list[Utilization]:
    """Return every limit in the order in which a growing demand reaches them.

    Args:
        workload: The pipeline under its mean demand; the busiest second counts.
    """
    demand = workload.demand
    busy = Workload(replace(demand, devices=math.ceil(demand.devices * demand.peak)), workload.settings)
    found = []
    for name, load, allowed in (*_concurrency(busy), *_data(busy), *_account(busy)):
        texts = dict(read("utilization.toml")[name])
        texts["change"] = texts["change"].format(needed=math.ceil(load))
        found.append(Utilization(name, load, allowed, quota_code=quota_code(texts.pop("quota", None)), **texts))
    return sorted(found, key=lambda each: -each.used)


def cells(found: Iterable[Utilization], *, is_raised: bool) -> int:
    """Return how many environments, each in an account and region of its own, a demand needs at AWS's quotas.

    Args:
        found: The limits; those of settings do not count, nor those that grow by themselves.
        is_raised: Whether AWS has raised the quotas that it raises on request.
    """
    ending = {"never"} if is_raised else {"never", "on request"}
    return max(1, *(math.ceil(each.used) for each in found if each.growth in ending))


def ingestion_concurrency(busy: Workload) -> float:
    """Return the concurrency that Lambda counts: at most ten requests a second for each unit of it."""
    return busy.demand.requests * max(busy.ingestion_seconds, MINIMUM_SECONDS)


def _concurrency(busy: Workload) -> Iterator[tuple[str, float, float]]:
    settings, pollers = busy.settings, busy.polling.pollers_needed
    functions, ingestion = settings.functions, ingestion_concurrency(busy)
    # Token buckets, refilled at the rate: what arrives evenly within a second needs the rate alone, whatever the burst.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    yield "API throttle of the settings", busy.demand.requests, settings.api.throttling_rate_limit
    yield "API throttle of the account", busy.demand.requests, limit("api_gateway.rate")
    yield "ingestion's reserved concurrency", ingestion, functions.ingestion.reserved_concurrency
    yield "Lambda's scaling of ingestion", ingestion, limit("lambda.scaling")
    others = settings.processor.api_concurrency + functions.query.reserved_concurrency
    available = limit("lambda.concurrency") - limit("lambda.unreserved")
    yield "Lambda concurrency of the account", ingestion + pollers + others, available
    yield "event source mapping's concurrency", pollers, settings.maximum_concurrency
    maximum = min(limit("event_source_mapping.concurrency"), MAPPING_CONCURRENCY_LIMIT)
    yield "event source mapping's maximum concurrency", pollers, maximum
    first_minute = limit("event_source_mapping.first_pollers") + limit("event_source_mapping.scaling")
    yield "event source mapping's scaling", pollers, first_minute


def _data(busy: Workload) -> Iterator[tuple[str, float, float]]:
    demand, polling, source = busy.demand, busy.polling, busy.settings.functions.event_source
    writes = demand.readings * max(busy.sizes.write_units)
    yield "writes of a new table", writes, limit("dynamodb.new_table_writes")
    yield "writes of a table", writes, limit("dynamodb.table_writes")
    at_once = max(demand.peak / demand.interval, demand.readings_per_device)
    yield "writes of one device", writes / demand.readings * at_once, limit("dynamodb.partition_writes")
    if "Query" in busy.batch_calls(polling.batch_size):
        reads = polling.batches * busy.state_units / PARTITIONS
        yield "reads of alert states", reads, limit("dynamodb.partition_reads")
    in_flight = busy.processor_seconds(polling.batch_size) + source.batching_window_seconds
    yield "messages in flight", busy.messages * in_flight, limit("sqs.in_flight")
    settings, full = busy.settings, source.batch_size
    timeout = min(settings.config.processing_timeout, settings.functions.processor.timeout_seconds)
    yield "time for a full batch", busy.processor_seconds(full), timeout


def _account(busy: Workload) -> Iterator[tuple[str, float, float]]:
    ingestion, processor = busy.concurrency
    # An environment of a function reads a parameter once a minute; ingestion reads none for a single reading.
    parameters = (busy.demand.batch > 1) + busy.settings.api.require_api_key
    reads = (parameters * math.ceil(ingestion) + math.ceil(processor)) / LIFETIME_SECONDS
    yield "parameters read", reads, limit("ssm.reads")
    at_first = parameters * ingestion_concurrency(busy) + busy.polling.pollers_needed
    yield "parameters read after rest", at_first, limit("ssm.reads") * LONGEST_READ_SECONDS
    yield "log ingestion", 2 * busy.demand.requests + busy.polling.batches, limit("logs.put")
