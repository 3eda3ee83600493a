"""This project's design under a demand, from an environment's settings."""

import math
from dataclasses import dataclass, replace
from typing import Final

from generate.builders.alarms import all_alarms
from generate.settings import EnvironmentSettings
from generate.terraform import Expression
from handlers.aws.alert_state import PARTITIONS
from handlers.aws.parameters import LIFETIME_SECONDS
from handlers.aws.sqs_batches import MAXIMUM_ENTRIES
from handlers.contract import Metric
from handlers.domain.packing import MAXIMUM_BYTES as BILLED_BYTES
from ops.capacity import calls, logs
from ops.capacity.assumptions import Assumptions, attempts, pauses, seconds, waits
from ops.capacity.demand import Demand
from ops.capacity.items import Packs, Sizes, packs, query_units, sizes, write_units
from ops.capacity.keys import queue_requests, table_requests
from ops.capacity.limits import limit
from ops.capacity.load import Load, Standing, Work
from ops.capacity.polling import UNLIMITED, Mapping, Polling, poll
from ops.capacity.tracing import traces

LEAST_SECONDS: Final = 1 / limit("lambda.requests_per_environment")
"""For which an invocation counts against a function's concurrency, however short it is."""
ANSWER_BYTES: Final = 450
"""An answer with its headers: an assumption."""
DETAILED_METRICS: Final = 3 * 5
"""Of API Gateway: five for each method, since the stage turns them on."""


@dataclass(frozen=True)
class Ours:
    """The design, its settings applied.

    Attributes:
        demand: What is asked for.
        settings: The environment's.
        assumptions: What neither says.
    """

    demand: Demand
    settings: EnvironmentSettings
    assumptions: Assumptions

    @property
    def sizes(self) -> Sizes:
        """Bytes of what is stored and sent."""
        data = self.settings.data
        raw, processed = data.raw_ttl_days is not None, data.processed_ttl_days is not None
        return sizes(self.demand.sensor_values, raw_expires=raw, processed_expires=processed)

    @property
    def packs(self) -> Packs:
        """The messages of one request."""
        return packs(self.demand.batch, self.demand.sensor_values)

    @property
    def readings_a_message(self) -> float:
        """Readings in a message, on average."""
        return self.demand.batch / self.packs.messages

    @property
    def messages(self) -> float:
        """Messages that are sent a second."""
        return self.demand.requests * self.packs.messages

    @property
    def deliveries(self) -> float:
        """How often a message is received, those that are put off counted again."""
        share = self.assumptions.message_failure_rate
        return float(sum(share**number for number in range(self.settings.queueing.maximum_receive_count)))

    @property
    def group(self) -> int:
        """Messages that come into the queue at once."""
        return min(self.packs.messages, MAXIMUM_ENTRIES)

    @property
    def mapping(self) -> Mapping:
        """The event source mapping."""
        source = self.settings.functions.event_source
        window, receive = source.batching_window_seconds, self.assumptions.receive_milliseconds / 1000
        return Mapping(source.batch_size, window, self.settings.maximum_concurrency, receive)

    def decided(self, messages: float) -> float:
        """Pairs of a device and a rule in a batch; every reading is assumed to have a value for each rule."""
        devices = max(1.0, messages * self.readings_a_message / self.demand.readings_per_device)
        return devices * len(self.settings.config.rules)

    def batch_calls(self, messages: float) -> calls.Calls:
        """Calls of the processor for a batch of so many messages."""
        return calls.of_batch(messages * self.readings_a_message, self.decided(messages), self.states)

    @property
    def states(self) -> float:
        """States of alerts that are known, of all devices."""
        return self.demand.devices * self.assumptions.alerting_devices * len(self.settings.config.rules)

    def state_units(self, messages: float) -> float:
        """Read units that the states of a batch take.

        One for each that is read by its key, which is far under 4 KB, or absent.
        """
        decided = self.decided(messages)
        if not calls.is_queried(decided, self.states):
            return decided
        return PARTITIONS * query_units(self.states / PARTITIONS, self.sizes.alert)

    @property
    def request_calls(self) -> calls.Calls:
        """Calls of ingestion for a request."""
        return calls.of_request(self.demand.batch, self.packs.messages)

    def ingestion_seconds(self, failure_rate: float | None = None) -> float:
        """Duration of ingestion for a request.

        Args:
            failure_rate: Share of the calls that fail; the assumptions' by default.
        """
        memory = self.settings.functions.ingestion.memory_megabytes
        given = self.assumptions.ingestion_milliseconds
        return self._seconds(given, self.request_calls, self.demand.batch, memory, failure_rate)

    def processor_seconds(self, messages: float, failure_rate: float | None = None) -> float:
        """Duration of the processor for a batch.

        Args:
            messages: In the batch.
            failure_rate: Share of the calls that fail; the assumptions' by default.
        """
        memory = self.settings.functions.processor.memory_megabytes
        given, readings = self.assumptions.processor_milliseconds, messages * self.readings_a_message
        return self._seconds(given, self.batch_calls(messages), readings, memory, failure_rate)

    def _seconds(
        self, given: float | None, work: calls.Calls, readings: float, memory: int, failure_rate: float | None
    ) -> float:
        rate = self.assumptions.failure_rate if failure_rate is None else failure_rate
        states = self.states if "Query" in work else 0
        computed = seconds(work, readings, memory, given_milliseconds=given, states=states)
        return computed + waits(work) * pauses(rate)

    def polling(self, mapping: Mapping | None = None) -> Polling:
        """A mapping at work.

        Args:
            mapping: The settings' by default.
        """
        return poll(mapping or self.mapping, self.messages * self.deliveries, self.group, self.processor_seconds)

    def load(self) -> Load:
        """What happens each second where no limit stops it: what the demand costs once they are raised."""
        demand, functions = self.demand, self.settings.functions
        polling = self.polling(replace(self.mapping, most_pollers=UNLIMITED))
        work = {"ingestion": self._ingestion(), "processor": self._processor(polling)}
        subscriptions = [each.protocol for each in self.settings.queueing.subscriptions]
        return Load(
            name="ours",
            architecture=functions.architecture,
            readings=demand.readings,
            requests=demand.requests,
            functions=work,
            sqs_requests=self._sqs_requests(polling),
            write_units=self.raw_write_units + self.processed_write_units,
            read_units=self._read_units(polling),
            stored_bytes=(
                (demand.readings * self.sizes.raw, demand.readings, self.settings.data.raw_ttl_days),
                (demand.readings * self.sizes.processed, demand.readings, self.settings.data.processed_ttl_days),
            ),
            traces=traces(demand.requests) + traces(polling.batches),
            access_log_bytes=logs.ACCESS_LOG_BYTES,
            answer_bytes=ANSWER_BYTES,
            parameter_reads=self.parameter_reads(work),
            publications=self.alerts,
            deliveries={"sns.emails": subscriptions.count("email"), "sns.https": subscriptions.count("https")},
            log_retention_days=functions.log_retention_days,
            standing=standing(),
        )

    def parameter_reads(self, work: dict[str, Work]) -> float:
        """SSM reads a second: each environment keeps a parameter for a minute. A single reading asks for none."""
        readers = [("processor", 1)]
        readers += [("ingestion", (self.demand.batch > 1) + self.settings.api.require_api_key)]
        return sum(
            number * min(work[name].invocations, math.ceil(work[name].concurrency) / LIFETIME_SECONDS)
            for name, number in readers
        )

    @property
    def _is_told(self) -> bool:
        return self.settings.functions.log_level in ("DEBUG", "INFO")

    def _ingestion(self) -> Work:
        memory, told = self.settings.functions.ingestion.memory_megabytes, self._is_told
        logged = logs.of_request(is_told=told) + logs.lines(is_told=told)
        return Work(self.demand.requests, self.ingestion_seconds(), memory, logged, self.request_calls)

    def _processor(self, polling: Polling) -> Work:
        memory, size, told = self.settings.functions.processor.memory_megabytes, polling.batch_size, self._is_told
        requests = max(1.0, size / self.packs.messages)
        logged = logs.of_batch(size, requests, is_told=told) + logs.lines(is_told=told)
        return Work(polling.batches, self.processor_seconds(size), memory, logged, self.batch_calls(size))

    def _sqs_requests(self, polling: Polling) -> float:
        sent = self.demand.requests * self.request_calls["SendMessageBatch"] * attempts(self.assumptions.failure_rate)
        sent *= math.ceil(self.group * self.packs.bytes / BILLED_BYTES)
        received = polling.receives * math.ceil(MAXIMUM_ENTRIES * self.packs.bytes / BILLED_BYTES)
        return sent + received + polling.empty_receives + self.deletes(polling) + self.put_offs(polling)

    def deletes(self, polling: Polling) -> float:
        """DeleteMessageBatch that the mapping calls a second: what each batch leaves done."""
        return polling.batches * self._of_ten(polling.batch_size * (1 - self.assumptions.message_failure_rate))

    def put_offs(self, polling: Polling) -> float:
        """ChangeMessageVisibilityBatch that the processor calls a second."""
        rate, size = self.assumptions.message_failure_rate, polling.batch_size
        some_fail = 1 - math.pow(1 - rate, size)
        return polling.batches * some_fail * self._of_ten(size * rate / some_fail) if some_fail else 0.0

    def _of_ten(self, messages: float) -> float:
        """Calls of ten messages at most, on average over batches of so many on average.

        Batches vary by whole groups, unless messages come back by themselves, so that the last call of a batch is
        part full.
        """
        step = 1 if self.assumptions.message_failure_rate else math.gcd(self.group, MAXIMUM_ENTRIES)
        varied = messages / MAXIMUM_ENTRIES + (1 - step / MAXIMUM_ENTRIES) / 2
        return min(max(1.0, varied), math.ceil(self.mapping.batch_size / MAXIMUM_ENTRIES))

    @property
    def alerts(self) -> float:
        """Alerts that begin or end in a second."""
        return self.demand.readings * self.assumptions.alert_rate

    @property
    def raw_write_units(self) -> float:
        """Write units a second of the raw table."""
        return self.demand.readings * write_units(self.sizes.raw)

    @property
    def processed_write_units(self) -> float:
        """Write units a second of the processed table, in which the states of alerts lie, too.

        At most: a message that is put off is taken to have written its readings, and writes them again.
        """
        stored = self.demand.readings * self.deliveries * write_units(self.sizes.processed)
        told = calls.of_alert()
        changes = told["UpdateItem"] + told["DeleteItem"]
        return stored + self.alerts * changes * write_units(self.sizes.alert)

    def _read_units(self, polling: Polling) -> float:
        """Those of states, and one for a look that finds nothing."""
        return polling.batches * self.state_units(polling.batch_size) + self.alerts * calls.of_alert()["Query"]


def standing() -> Standing:
    """What stands whatever the demand: from the generator's own tables of alarms and metrics."""
    names = [name for name in vars(Metric) if name.isupper()]
    watched = sum(max(1, len(alarm.queries)) for alarm in all_alarms(Expression("suffix")))
    # Ingestion sends and the processor consumes; each writes its table.
    kms_requests = queue_requests(producers=1, consumers=1) + table_requests(callers=1) * 2
    return Standing(len(names) + DETAILED_METRICS, watched, dashboards=1, keys=1, kms_requests=kms_requests)
