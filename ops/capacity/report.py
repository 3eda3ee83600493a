"""The lines that `make capacity` prints."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ops.capacity.published import region
from ops.capacity.seed import TARGETS, compare
from ops.capacity.utilization import utilizations
from ops.capacity.workload import Workload


def report(workload: Workload) -> Iterator[str]:
    """Yield the lines: the demand, the bill, the limits, the comparison.

    Where the environment's region is not that of the prices, each figure names the region that it is for.
    """
    where = workload.settings.region
    mark = "" if where == region() else f" ({region()})"
    yield from _demand(workload)
    if mark:
        yield f"  {where} has prices of its own, which are not known here; AWS's quotas are the defaults of {region()},"
        yield f"  and {where} may have lower ones: Service Quotas shows yours"
    for part in (_bill(workload, mark), _limits(workload), _comparison(workload, mark)):
        yield ""
        yield from part


def number(value: float) -> str:
    """Return a number with three significant digits, or whole with thousands separators."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"  # noqa: PLR2004 - a fourth digit


def dollars(value: float) -> str:
    """Return dollars, with cents where they count."""
    return f"${value:.3f}" if value < 1 else f"${value:.2f}" if value < 100 else f"${value:,.0f}"  # noqa: PLR2004 - as above


def _demand(workload: Workload) -> Iterator[str]:
    demand, sizes, batch = workload.demand, workload.sizes, workload.polling.batch_size
    yield (
        f"{workload.settings.environment}: {demand.devices:,} devices, a reading each {demand.interval:g} s, "
        f"{demand.batch} in a request: {number(demand.readings)} readings/s in {number(demand.requests)} requests/s"
    )
    yield f"  bytes of a reading: {sizes.reading} sent, {sizes.raw} stored raw, {sizes.processed} stored processed"
    yield f"  batches of {number(batch)} messages ({number(batch * workload.readings_a_message)} readings)"
    for name, given, seconds, concurrency in (
        ("ingestion", demand.ingestion_milliseconds, workload.ingestion_seconds, workload.concurrency[0]),
        ("processor", demand.processor_milliseconds, workload.processor_seconds(batch), workload.concurrency[1]),
    ):
        source = f"assumed, not measured on AWS (--{name}-milliseconds)" if given is None else "as given"
        yield f"  {name}: {number(seconds * 1000)} ms each, {source}; {number(concurrency)} at once"


def _bill(workload: Workload, mark: str) -> Iterator[str]:
    bill, width = workload.bill, 12 + len(mark)
    title = f"{region()} prices, first month, no free tier"
    yield f"{title:<46} {'a month':>{width}} {'a million':>{width}}"
    for name, cost in (*bill.services.items(), ("all", bill.total)):
        yield f"  {name:<44} {dollars(cost) + mark:>{width}} {dollars(bill.a_million(cost)) + mark:>{width}}"
    yield f"  {number(bill.a_month['dynamodb.storage'])} GB stored on average; more each month until readings expire"


def _limits(workload: Workload) -> Iterator[str]:
    found = utilizations(workload)
    first = found[0]
    state = "is reached" if first.used > 1 else f"comes first, at {number(1 / first.used)} times this load"
    yield f"limits: {first.name} {state}"
    yield f"  in the busiest second, {workload.demand.peak:g} times the mean (--peak)"
    for each in found:
        code = f" [{each.quota_code}]" if each.quota_code else ""
        load = f"{number(each.load)} of {number(each.allowed)} {each.unit}"
        yield f"  {number(each.used * 100):>9} % {'REACHED' if each.used > 1 else '':<7} {each.name}{code}: {load}"
        if each.used > 1:
            yield f"{'':<21} -> {each.change}"


def _comparison(workload: Workload, mark: str) -> Iterator[str]:
    found = compare(workload)
    yield "a million readings"
    for name, value in found.items():
        ratio = found["this pipeline"] / value
        target = f" (target with 100 readings in a request: {TARGETS[name]})" if name in TARGETS else ""
        note = "" if ratio == 1 else f"this pipeline is {ratio:.3f} of it{target}"
        yield f"  {name:<44} {dollars(value) + mark:>{12 + len(mark)}}  {note}".rstrip()


def as_json(workload: Workload) -> dict[str, Any]:
    """Return the figures for programs."""
    bill = workload.bill
    return {
        "environment": workload.settings.environment,
        "demand": asdict(workload.demand),
        "region_of_prices": region(),
        "dollars_a_month": {**bill.services, "all": bill.total},
        "dollars_a_million_readings": compare(workload),
        "limits": [{**asdict(each), "used": each.used} for each in utilizations(workload)],
    }
