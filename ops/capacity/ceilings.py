"""The limits that a demand meets, in the order in which it meets them, and what to change."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from generate.settings import MAPPING_CONCURRENCY_LIMIT
from handlers.aws.alert_state import PARTITIONS
from handlers.aws.parameters import LONGEST_READ_SECONDS
from handlers.contract import MAXIMUM_BODY_BYTES
from ops.capacity import calls
from ops.capacity.items import MESSAGE_OVERHEAD_BYTES
from ops.capacity.limits import limit, limits
from ops.capacity.ours import LEAST_SECONDS, Ours
from ops.capacity.polling import Polling

EVENT_OVERHEAD_BYTES: Final = 3_000
"""A request's event beside its body: an assumption."""
PUT_OFF_SECONDS: Final = 90
"""Mean of the first delay of a message that is put off, `handlers.aws.ingestion_queue`."""


@dataclass(frozen=True)
class Ceiling:
    """One limit.

    Attributes:
        name: What is limited.
        load: What the demand asks of it in its busiest second.
        allowed: The limit.
        unit: Of both.
        remedy: What to change, in the settings' own names.
        quota: Its name in `limits.toml` where AWS sets it, None where a setting does.
    """

    name: str
    load: float
    allowed: float
    unit: str
    remedy: str
    quota: str | None = None

    @property
    def used(self) -> float:
        """The share that is used; over 1 the limit is hit."""
        return self.load / self.allowed

    @property
    def is_hit(self) -> bool:
        """Whether the demand is more than the limit lets through."""
        return self.used > 1

    @property
    def quota_code(self) -> str:
        """Its code in Service Quotas; empty where there is none, or it is not known."""
        return (limits()[self.quota].quota_code or "") if self.quota else ""


def ceilings(ours: Ours) -> list[Ceiling]:
    """Every limit, the one with the least headroom first.

    Args:
        ours: The design under its demand; the busiest second counts.
    """
    demand = ours.demand
    busy = replace(ours, demand=replace(demand, devices=math.ceil(demand.devices * demand.peak)))
    found = [
        *_api(busy),
        *_concurrency(busy),
        *_mapping(busy),
        *_tables(busy),
        *_queue(busy),
        *_payloads(busy),
        *_account(busy),
    ]
    return sorted(found, key=lambda each: -each.used)


def _api(busy: Ours) -> Iterator[Ceiling]:
    """The throttles, the settings' and the account's: token buckets, which the rate refills.

    What comes evenly within the busiest second asks for the rate alone, whatever the burst, which is what the bucket
    holds beside it for requests at the same moment:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html.
    """
    requests, rate, more = busy.demand.requests, limit("api_gateway.rate"), "more readings in a request (--batch)"
    yield Ceiling(
        "API throttle of the settings",
        requests,
        busy.settings.api.throttling_rate_limit,
        "requests/s",
        f"api.throttling_rate_limit (up to {rate}), {more}, or a cell",
    )
    # The settings go no further than the default: a quota that AWS raises helps no single environment.
    yield Ceiling("API throttle of the account", requests, rate, "requests/s", f"{more}, or a cell", "api_gateway.rate")


def occupied(requests: float, seconds: float) -> float:
    """Concurrency that a function's limit counts: at most ten requests a second for each unit of it."""
    return requests * max(seconds, LEAST_SECONDS)


def _concurrency(busy: Ours) -> Iterator[Ceiling]:
    functions = busy.settings.functions
    ingestion = occupied(busy.demand.requests, busy.ingestion_seconds())
    yield Ceiling(
        "ingestion's reserved concurrency",
        ingestion,
        functions.ingestion.reserved_concurrency,
        "at once",
        f"functions.ingestion.reserved_concurrency to {math.ceil(ingestion)}, or more "
        "functions.ingestion.memory_megabytes, which shortens what computes",
    )
    yield Ceiling(
        "Lambda's scaling of ingestion",
        ingestion,
        limit("lambda.scaling"),
        "environments within 10 s of rest",
        "nothing: callers repeat what is refused meanwhile",
        "lambda.scaling",
    )
    pollers = busy.polling().pollers_needed
    yield Ceiling(
        "Lambda concurrency of the account",
        ingestion + pollers + functions.processor.api_concurrency + functions.query.reserved_concurrency,
        limit("lambda.concurrency") - limit("lambda.unreserved"),
        "at once",
        "the quota, a smaller functions.query.reserved_concurrency, or a cell",
        "lambda.concurrency",
    )


def _mapping(busy: Ours) -> Iterator[Ceiling]:
    functions, pollers = busy.settings.functions, busy.polling().pollers_needed
    reserved = math.ceil(pollers) + functions.processor.api_concurrency
    yield Ceiling(
        "event source mapping's concurrency",
        pollers,
        busy.settings.maximum_concurrency,
        "batches at once",
        f"functions.processor.reserved_concurrency to {reserved} "
        "(functions.event_source.maximum_concurrency where it is set), or more functions.processor.memory_megabytes",
    )
    yield Ceiling(
        "event source mapping's greatest concurrency",
        pollers,
        min(limit("event_source_mapping.concurrency"), MAPPING_CONCURRENCY_LIMIT),
        "batches at once",
        "a larger functions.event_source.batch_size, more functions.processor.memory_megabytes, or a cell",
        "event_source_mapping.concurrency",
    )
    yield Ceiling(
        "event source mapping's scaling",
        pollers,
        limit("event_source_mapping.first_pollers") + limit("event_source_mapping.scaling"),
        "batches at once in the first minute after rest",
        "nothing: the queue holds what waits",
        "event_source_mapping.scaling",
    )


def _tables(busy: Ours) -> Iterator[Ceiling]:
    demand = busy.demand
    dearest = max(busy.raw_write_units, busy.processed_write_units)
    yield Ceiling(
        "writes of a new table",
        dearest,
        limit("dynamodb.new_table_writes"),
        "write units/s",
        "grow within half an hour at a time, or warm the tables (aws dynamodb update-table --warm-throughput)",
        "dynamodb.new_table_writes",
    )
    yield Ceiling(
        "writes of a table",
        dearest,
        limit("dynamodb.table_writes"),
        "write units/s",
        "the quota, or a cell",
        "dynamodb.table_writes",
    )
    yield Ceiling(
        "writes of one device",
        dearest / demand.readings * max(demand.peak / demand.interval, demand.readings_per_device),
        limit("dynamodb.partition_writes"),
        "write units/s of a partition",
        "a longer interval: a device's items lie in one partition",
        "dynamodb.partition_writes",
    )
    if busy.alerts:
        yield Ceiling(
            "writes of alert states",
            busy.alerts * calls.of_alert()["UpdateItem"] / PARTITIONS,
            limit("dynamodb.partition_writes"),
            "write units/s of a partition, until DynamoDB splits it",
            "a cell; what is put off too often meanwhile comes back by make redrive",
            "dynamodb.partition_writes",
        )
    polling = busy.polling()
    if "Query" in busy.batch_calls(polling.batch_size):
        yield Ceiling(
            "reads of alert states",
            polling.batches * busy.state_units(polling.batch_size) / PARTITIONS,
            limit("dynamodb.partition_reads"),
            "read units/s of a partition",
            "a cell, or larger batches (functions.event_source.batch_size)",
            "dynamodb.partition_reads",
        )


def _queue(busy: Ours) -> Iterator[Ceiling]:
    polling, failing = busy.polling(), busy.assumptions.message_failure_rate
    held = busy.processor_seconds(polling.batch_size) + busy.mapping.window
    yield Ceiling(
        "messages in flight",
        busy.messages * (held + failing * PUT_OFF_SECONDS),
        limit("sqs.in_flight"),
        "messages",
        "the quota, functions.processor.memory_megabytes, or the cause of what fails",
        "sqs.in_flight",
    )


def _payloads(busy: Ours) -> Iterator[Ceiling]:
    functions = busy.settings.functions
    full = functions.event_source.batch_size
    yield Ceiling(
        "time for a full batch",
        busy.processor_seconds(full),
        min(busy.settings.config.processing_timeout, functions.processor.timeout_seconds),
        "s",
        "a smaller functions.event_source.batch_size, or more functions.processor.memory_megabytes",
    )
    request = busy.demand.batch * busy.sizes.reading
    yield Ceiling("body of a request", request, MAXIMUM_BODY_BYTES, "bytes", "fewer readings in a request (--batch)")
    batch = full * (busy.packs.bytes + MESSAGE_OVERHEAD_BYTES)
    yield Ceiling(
        "Lambda's payload",
        max(batch, request + EVENT_OVERHEAD_BYTES),
        limit("lambda.payload"),
        "bytes",
        "nothing: the mapping makes smaller batches",
        "lambda.payload",
    )


def _account(busy: Ours) -> Iterator[Ceiling]:
    load, polling = busy.load(), busy.polling()
    reads = load.parameter_reads
    yield Ceiling(
        "parameters read", reads, limit("ssm.reads"), "GetParameter/s", "the account's higher throughput", "ssm.reads"
    )
    yield Ceiling(
        "parameters read after rest",
        _environments(busy, polling),
        limit("ssm.reads") * LONGEST_READ_SECONDS,
        f"GetParameter within {LONGEST_READ_SECONDS:g} s",
        "the account's higher throughput",
        "ssm.reads",
    )
    invocations = sum(work.invocations for work in load.functions.values())
    yield Ceiling(
        "log ingestion",
        invocations + load.requests,
        limit("logs.put"),
        "PutLogEvents/s at most",
        "the quota, or larger batches",
        "logs.put",
    )
    yield Ceiling(
        "KMS requests",
        load.standing.kms_requests,
        limit("kms.cryptographic"),
        "requests/s",
        "nothing: data keys are kept for five minutes",
        "kms.cryptographic",
    )


def _environments(busy: Ours, polling: Polling) -> float:
    """Parameters that environments read which all start at once; those of single readings read none."""
    reads = (busy.demand.batch > 1) + busy.settings.api.require_api_key
    return reads * occupied(busy.demand.requests, busy.ingestion_seconds()) + polling.pollers_needed
