"""This project's pipeline under a demand, with an environment's settings."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from generate.builders.alarms import all_alarms
from generate.settings import EnvironmentSettings
from generate.terraform import Expression
from handlers.aws.alert_state import PARTITIONS
from handlers.aws.sqs_batches import MAXIMUM_ENTRIES
from handlers.contract import Metric
from handlers.domain.packing import MAXIMUM_BYTES as SQS_UNIT_BYTES
from ops.capacity import invocations
from ops.capacity.bill import GIGABYTE, ITEM_OVERHEAD_BYTES, Bill, stored_gigabytes, traces
from ops.capacity.demand import Demand
from ops.capacity.invocations import LOG_EVENT_OVERHEAD_BYTES, Calls, seconds
from ops.capacity.polling import Polling, poll
from ops.capacity.sizes import ALERT_STATE_BYTES, Sizes, sizes

ANSWER_BYTES: Final = 450
"""What goes out to the internet for a request, headers included: an assumption."""
ACCESS_LOG_BYTES: Final = 560 + LOG_EVENT_OVERHEAD_BYTES
"""A line of the stage's access log: the names in `generate.builders.api` and typical values, an assumption."""
DETAILED_METRICS: Final = 3 * 5
"""Of API Gateway: five for each method, since the stage turns them on."""


@dataclass(frozen=True)
class Workload:
    """The pipeline under a demand.

    Attributes:
        demand: The fleet.
        settings: The environment's.
    """

    demand: Demand
    settings: EnvironmentSettings

    @property
    def sizes(self) -> Sizes:
        """Bytes of what is sent and stored."""
        return sizes(self.demand.batch, self.demand.sensor_values)

    @property
    def messages(self) -> float:
        """Messages that are sent a second."""
        return self.demand.requests * self.sizes.messages

    @property
    def readings_a_message(self) -> float:
        """Readings in a message, on average."""
        return self.demand.batch / self.sizes.messages

    @property
    def states(self) -> float:
        """Alert states that are stored, of all devices."""
        return self.demand.devices * self.demand.alerting_devices * len(self.settings.config.rules)

    def pairs(self, messages: float) -> float:
        """Pairs of a device and a rule in a batch; every reading is assumed to have a value for each rule."""
        devices = max(1.0, messages * self.readings_a_message / self.demand.readings_per_device)
        return devices * len(self.settings.config.rules)

    @property
    def state_units(self) -> float:
        """Read units for the states of a batch: one for each that is read by its key, or those of the queries.

        A query takes one for each 4 KB begun, and at least one; on average half of the last 4 KB is empty.
        """
        pairs = self.pairs(self.polling.batch_size)
        if not invocations.queries_states(pairs, self.states):
            return pairs
        return PARTITIONS * max(1.0, self.states / PARTITIONS * ALERT_STATE_BYTES / 4096 + 0.5)

    @property
    def request_calls(self) -> Calls:
        """Ingestion's calls for a request, without the parameters, which it caches for a minute.

        Each reading is stored under its own condition, which BatchWriteItem does not support.
        """
        return {"PutItem": self.demand.batch, "SendMessageBatch": math.ceil(self.sizes.messages / MAXIMUM_ENTRIES)}

    def batch_calls(self, messages: float) -> Calls:
        """The processor's calls for a batch."""
        return invocations.batch_calls(messages * self.readings_a_message, self.pairs(messages), self.states)

    @property
    def ingestion_seconds(self) -> float:
        """The duration of ingestion for a request."""
        memory, given = self.settings.functions.ingestion.memory_megabytes, self.demand.ingestion_milliseconds
        return given / 1000 if given else seconds(self.request_calls, self.demand.batch, memory)

    def processor_seconds(self, messages: float) -> float:
        """The duration of the processor for a batch."""
        memory, given = self.settings.functions.processor.memory_megabytes, self.demand.processor_milliseconds
        calls, readings = self.batch_calls(messages), messages * self.readings_a_message
        return given / 1000 if given else seconds(calls, readings, memory, self.states if "Query" in calls else 0)

    @cached_property
    def polling(self) -> Polling:
        """The event source mapping."""
        source, group = self.settings.functions.event_source, self.sizes.group
        return poll(self.messages, group, source.batch_size, source.batching_window_seconds, self.processor_seconds)

    @property
    def concurrency(self) -> tuple[float, float]:
        """Invocations of ingestion and of the processor at the same time, on average."""
        batches = self.polling.batches * self.processor_seconds(self.polling.batch_size)
        return self.demand.requests * self.ingestion_seconds, batches

    @cached_property
    def bill(self) -> Bill:
        """What the demand costs where no limit is reached."""
        demand, data, functions = self.demand, self.settings.data, self.settings.functions
        requests, batches, (ingesting, processing) = demand.requests, self.polling.batches, self.concurrency
        memory = ingesting * functions.ingestion.memory_megabytes + processing * functions.processor.memory_megabytes
        access = requests * ACCESS_LOG_BYTES
        a_second = {
            "api_gateway.requests": requests,
            "lambda.requests": requests + batches,
            f"lambda.gb_seconds_{functions.architecture}": memory / 1024,
            "sqs.requests": self.sqs_requests,
            "dynamodb.write_units": demand.readings * sum(self.sizes.write_units),
            "dynamodb.read_units": batches * self.state_units,
            "logs.lambda": self.log_bytes / GIGABYTE,
            "logs.ingested": access / GIGABYTE,
            "xray.traces": traces(requests, batches),
            "transfer.out": requests * ANSWER_BYTES / GIGABYTE,
        }
        kept = stored_gigabytes(demand.readings * (self.sizes.raw + ITEM_OVERHEAD_BYTES), data.raw_ttl_days)
        processed = demand.readings * (self.sizes.processed + ITEM_OVERHEAD_BYTES)
        kept += stored_gigabytes(processed, data.processed_ttl_days)
        logs = stored_gigabytes(self.log_bytes + access, functions.log_retention_days)
        a_month = {"dynamodb.storage": kept, "dynamodb.recovery": kept, "logs.stored": logs, **fixed_quantities()}
        return Bill(demand.readings, a_second, a_month)

    @property
    def sqs_requests(self) -> float:
        """Sends, receives and deletes a second, in units of 64 KB."""
        sent = self.demand.requests * self.request_calls["SendMessageBatch"] * self._sqs_units(self.sizes.group)
        received = self.polling.receives * self._sqs_units(MAXIMUM_ENTRIES)
        return sent + received + self.polling.empty_receives + self.deletes

    def _sqs_units(self, messages: int) -> int:
        return math.ceil(messages * self.sizes.message / SQS_UNIT_BYTES)

    @property
    def deletes(self) -> float:
        """DeleteMessageBatch a second: batches vary by whole groups, so that the last call of a batch is part full."""
        part_full = (1 - math.gcd(self.sizes.group, MAXIMUM_ENTRIES) / MAXIMUM_ENTRIES) / 2
        maximum = math.ceil(self.settings.functions.event_source.batch_size / MAXIMUM_ENTRIES)
        return self.polling.batches * min(max(1.0, self.polling.batch_size / MAXIMUM_ENTRIES + part_full), maximum)

    @property
    def log_bytes(self) -> float:
        """What both functions log a second, Lambda's lines and CloudWatch's overhead included."""
        success, size = self.settings.functions.log_level in ("DEBUG", "INFO"), self.polling.batch_size
        ids = max(1.0, size / self.sizes.messages)
        batch = invocations.batch_log_bytes(size, ids, logs_success=success)
        request = invocations.REQUEST_LOG_BYTES + success * invocations.REQUEST_SUCCESS_LOG_BYTES
        return self.demand.requests * request + self.polling.batches * batch


def fixed_quantities() -> dict[str, float]:
    """Return a month's quantities that no reading changes, by price: from the generator's alarms and metrics."""
    return {
        "cloudwatch.metrics": sum(name.isupper() for name in vars(Metric)) + DETAILED_METRICS,
        "cloudwatch.alarms": sum(max(1, len(alarm.queries)) for alarm in all_alarms(Expression("suffix"))),
        "cloudwatch.dashboards": 1,
        "kms.keys": 1,
    }
