"""What the command prints: the bill, the limits, the comparison."""

import math
from collections.abc import Iterator

from ops.capacity.ceilings import Ceiling, ceilings
from ops.capacity.costs import bill, growth_gigabytes
from ops.capacity.designs import OF_FLOOR, OF_SEED, compare, levers
from ops.capacity.figures import bar, dollars, number, share
from ops.capacity.ours import Ours
from ops.capacity.prices import region


def report(ours: Ours) -> Iterator[str]:
    """Yield the lines.

    Args:
        ours: The design under its demand.
    """
    yield from _head(ours)
    yield ""
    priced = _Priced(ours.settings.region)
    yield from _bill(ours, priced)
    yield ""
    yield from _limits(ceilings(ours), ours.settings.region)
    yield ""
    yield from _comparison(ours, priced)


class _Priced:
    """Writes dollars; where the environment's region is not the prices', each figure says whose prices it is of.

    Args:
        where: The environment's region.
    """

    def __init__(self, where: str) -> None:
        self._mark = "" if where == region() else f" ({region()})"
        self.width = 12 + len(self._mark)
        self.note = f"  {where} has prices of its own, which are not known here" if self._mark else ""

    def __call__(self, value: float) -> str:
        return f"{dollars(value)}{self._mark}"


def _head(ours: Ours) -> Iterator[str]:
    demand, functions, polling = ours.demand, ours.load().functions, ours.polling()
    yield (
        f"{ours.settings.environment}: {demand.devices:,} devices, a reading each {demand.interval:g} s, "
        f"{demand.batch} in a request"
    )
    yield (
        f"  {number(demand.readings)} readings/s in {number(demand.requests)} requests/s; the busiest second "
        f"{demand.peak:g} times that (--peak)"
    )
    lag = f"{number(polling.lag_seconds)} s after a reading's arrival on average"
    when = lag if math.isfinite(polling.lag_seconds) else "later and later: the queue grows"
    readings = number(polling.batch_size * ours.readings_a_message)
    yield f"  batches of {number(polling.batch_size)} messages ({readings} readings), {when}"
    given = ours.assumptions
    for name, work, said in (
        ("ingestion", functions["ingestion"], given.ingestion_milliseconds),
        ("processor", functions["processor"], given.processor_milliseconds),
    ):
        why = "as given" if said is not None else f"assumed, not measured on AWS (--{name}-milliseconds)"
        yield f"  {name}: {number(work.seconds * 1000)} ms each, {why}; {number(work.concurrency)} at once"


def _bill(ours: Ours, priced: _Priced) -> Iterator[str]:
    load = ours.load()
    month = bill(load, ours.demand.stored_months)
    title = f"{region()} prices, month {ours.demand.stored_months}, no free tier"
    width = priced.width
    yield f"{title:<40} {'a month':>{width}} {'a million':>{width}}"
    for service, cost in month.by_service().items():
        if cost:
            part, million = cost / month.total, cost / month.readings * 1e6
            yield f"  {service:<38} {priced(cost):>{width}} {priced(million):>{width}} {bar(part, 20)}"
    yield f"  {'all':<38} {priced(month.total):>{width}} {priced(month.per_million):>{width}}"
    yield from filter(None, [priced.note])
    yield f"  the tables grow by {number(growth_gigabytes(load))} GB a month before anything expires"


def _limits(found: list[Ceiling], where: str) -> Iterator[str]:
    first = found[0]
    verdict = "is hit" if first.is_hit else f"comes first, at {number(1 / first.used)} times this load"
    yield f"limits: {first.name} {verdict}"
    if where != region():
        yield f"  AWS's quotas are the defaults of {region()}; {where} may have lower ones: Service Quotas shows yours"
    for each in found:
        mark = "HIT" if each.is_hit else ""
        load = f"{number(each.load)} of {number(each.allowed)} {each.unit}"
        code = f" [{each.quota_code}]" if each.quota_code else ""
        yield f"  {share(each.used):>8} {mark:<3} {bar(each.used, 20):<20} {each.name}{code}: {load}"
        if each.is_hit:
            yield f"{'':<34} -> {each.remedy}"


def _comparison(ours: Ours, priced: _Priced) -> Iterator[str]:
    found = compare(ours)
    yield "a million readings"
    rows = (
        ("the floor: two writes", found.floor, ""),
        ("ours, without what is stored or stands", found.flow, f"{found.flow_of_floor:.2f} floors"),
        (
            "ours",
            found.ours,
            f"{found.of_floor:.2f} floors (target {OF_FLOOR})",
        ),
        (
            "the seed's design, one reading a request",
            found.seed,
            f"ours is {found.of_seed:.2f} of it (target {OF_SEED})",
        ),
        (
            f"the seed's functions, {ours.demand.batch} a request",
            found.seed_batched,
            f"ours is {found.of_seed_batched:.2f} of it",
        ),
    )
    most = max(value for _, value, _ in rows)
    for name, value, note in rows:
        yield f"  {name:<40} {priced(value):>{priced.width - 4}} {bar(value / most, 20):<20} {note}".rstrip()
    now = bill(ours.load(), ours.demand.stored_months).per_million
    for lever in levers(ours):
        less = priced(now - lever.bill.per_million)
        yield f"  with {lever.what}: {priced(lever.bill.per_million)}, {less} less"
