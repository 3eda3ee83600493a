"""A load becomes a month's bill."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.capacity.demand import SECONDS_A_MONTH
from ops.capacity.items import STORAGE_OVERHEAD_BYTES, Sizes, write_units
from ops.capacity.load import Load
from ops.capacity.prices import prices

GIGABYTE: Final = 2**30
DAY_SECONDS: Final = 86_400
MEGABYTES_A_GIGABYTE: Final = 1024
STANDING: Final = frozenset({"cloudwatch.metrics", "cloudwatch.alarms", "cloudwatch.dashboards", "kms.keys"})


@dataclass(frozen=True)
class Line:
    """A line of the bill.

    Attributes:
        price: Its name in `prices.toml`.
        quantity: A month's, in the price's unit.
        dollars: A month's.
    """

    price: str
    quantity: float
    dollars: float

    @property
    def service(self) -> str:
        """Whose it is."""
        return prices()[self.price].service

    @property
    def unit(self) -> str:
        """What is counted."""
        return prices()[self.price].unit


@dataclass(frozen=True)
class Bill:
    """A month's bill.

    Attributes:
        name: Of the design.
        readings: In the month.
    """

    name: str
    readings: float
    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """Dollars a month."""
        return sum(line.dollars for line in self.lines)

    @property
    def per_million(self) -> float:
        """Dollars for a million readings, everything in."""
        return self._a_million(line.dollars for line in self.lines)

    @property
    def flow_per_million(self) -> float:
        """The same without what stands still: what is stored, and what is paid for without any reading."""
        still = {"dynamodb.storage", "dynamodb.recovery", "logs.stored", *STANDING}
        return self._a_million(line.dollars for line in self.lines if line.price not in still)

    def by_service(self) -> dict[str, float]:
        """Dollars a month by service, the dearest first."""
        services: dict[str, float] = {}
        for line in self.lines:
            services[line.service] = services.get(line.service, 0) + line.dollars
        return dict(sorted(services.items(), key=lambda item: -item[1]))

    def _a_million(self, dollars: Iterator[float]) -> float:
        return sum(dollars) / self.readings * 1_000_000


def bill(load: Load, months: int = 1) -> Bill:
    """What a month costs.

    Args:
        load: The design under its demand.
        months: Which month since the first reading: what was stored before is still paid for.
    """
    lines = tuple(Line(name, quantity, prices()[name].cost(quantity)) for name, quantity in _quantities(load, months))
    return Bill(load.name, load.readings * SECONDS_A_MONTH, lines)


def floor_per_million(stored: Sizes) -> float:
    """Dollars for a million readings that nothing on this ground goes under: the two writes of each, and no more."""
    units = write_units(stored.raw) + write_units(stored.processed)
    return prices()["dynamodb.write_units"].cost(units * 1_000_000)


def growth_gigabytes(load: Load) -> float:
    """What the tables grow by in a month, before anything expires."""
    return sum(_bytes(size, items) for size, items, _ in load.stored_bytes) * SECONDS_A_MONTH / GIGABYTE


def stored_gigabytes(load: Load, months: int) -> float:
    """What the tables hold in a month, on average over it."""
    return sum(_bytes(size, items) * _held_seconds(days, months) for size, items, days in load.stored_bytes) / GIGABYTE


def _quantities(load: Load, months: int) -> Iterator[tuple[str, float]]:
    """A month's quantities by price; in the order of a reading's way."""
    month = SECONDS_A_MONTH
    yield "api_gateway.requests", load.requests * month
    yield "lambda.requests", sum(work.invocations for work in load.functions.values()) * month
    memory = sum(work.concurrency * work.memory_megabytes for work in load.functions.values()) / MEGABYTES_A_GIGABYTE
    yield f"lambda.gb_seconds_{load.architecture}", memory * month
    yield "sqs.requests", load.sqs_requests * month
    yield "dynamodb.write_units", load.write_units * month
    yield "dynamodb.read_units", load.read_units * month
    stored = stored_gigabytes(load, months)
    yield "dynamodb.storage", stored
    yield "dynamodb.recovery", stored
    yield from _logs(load, months)
    yield "xray.traces", load.traces * month
    yield "sns.requests", load.publications * month
    for name, number in load.deliveries.items():
        yield name, load.publications * number * month
    yield "ssm.requests", load.parameter_reads * month
    yield "transfer.out", load.requests * load.answer_bytes * month / GIGABYTE
    yield "kms.requests", load.standing.kms_requests * month
    yield "kms.keys", load.standing.keys
    yield "cloudwatch.metrics", load.standing.metrics
    yield "cloudwatch.alarms", load.standing.alarm_metrics
    yield "cloudwatch.dashboards", load.standing.dashboards


def _logs(load: Load, months: int) -> Iterator[tuple[str, float]]:
    functions = sum(work.invocations * work.log_bytes for work in load.functions.values())
    access = load.requests * load.access_log_bytes
    yield "logs.lambda", functions * SECONDS_A_MONTH / GIGABYTE
    yield "logs.ingested", access * SECONDS_A_MONTH / GIGABYTE
    yield "logs.stored", (functions + access) * _held_seconds(load.log_retention_days, months) / GIGABYTE


def _bytes(size: float, items: float) -> float:
    return size + items * STORAGE_OVERHEAD_BYTES


def _held_seconds(days: int | None, months: int) -> float:
    """Over a month, how many seconds' worth of what comes in are held on average."""
    start, end = (months - 1) * SECONDS_A_MONTH, months * SECONDS_A_MONTH
    life = float("inf") if days is None else days * DAY_SECONDS
    growing = min(max(life - start, 0.0), SECONDS_A_MONTH)
    grown = start * growing + growing**2 / 2
    return (grown + (end - start - growing) * life if growing < SECONDS_A_MONTH else grown) / SECONDS_A_MONTH
