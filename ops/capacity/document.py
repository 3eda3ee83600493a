"""Writes `docs/scale.md` and its chart: no figure in them is written by hand."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from generate.settings import Config, EnvironmentSettings, Functions, Rule
from handlers.aws.alert_state import PARTITIONS
from handlers.domain.message import MAXIMUM_READINGS
from ops.capacity import figures
from ops.capacity.assumptions import Assumptions
from ops.capacity.costs import Bill, bill, floor_per_million
from ops.capacity.demand import Demand
from ops.capacity.designs import (
    OF_FLOOR,
    OF_SEED,
    greatest_alerting_devices,
    levers,
    meets_targets,
    without_rules,
)
from ops.capacity.drawing import Bar, chart
from ops.capacity.examples import FLEETS, example
from ops.capacity.limits import limit
from ops.capacity.ours import Ours
from ops.capacity.prices import region
from ops.capacity.seed import seed_load

SETTINGS: Final = EnvironmentSettings(
    environment="prod",
    config=Config(rules={"temperature": Rule(min=-40, max=85, hysteresis=1)}),
    functions=Functions(log_level="WARNING"),
)
"""Of the examples: the defaults, one alert rule, and no log line for what went well. No environment's, so that the
document stays current whatever a project sets under `envs/`."""
REFERENCE: Final = Demand(100_000, 60, 100)
"""The fleet of the comparison."""


def write_documents(project: Path) -> None:
    """Write every file of `documents`."""
    for path, text in documents().items():
        (project / path).write_text(text, encoding="utf-8")


def documents() -> dict[str, str]:
    """The documents by their paths."""
    return {"docs/scale.md": _text(SETTINGS), "docs/scale-cost.svg": _chart(SETTINGS)}


def _ours(settings: EnvironmentSettings, batch: int = REFERENCE.batch) -> Ours:
    return Ours(replace(REFERENCE, batch=batch), settings, Assumptions())


def _text(settings: EnvironmentSettings) -> str:
    reference = _ours(settings)
    each_read = bill(Ours(REFERENCE, settings, Assumptions(alerting_devices=1)).load())
    found = [example(fleet, settings) for fleet in FLEETS]
    plain = example(REFERENCE, without_rules(settings))
    source = files("ops.capacity").joinpath("scale.md.j2").read_text(encoding="utf-8")
    # Markdown for people; nothing of it reaches a browser.
    template = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701
    return template.from_string(source).render(
        examples=found,
        reference=example(REFERENCE, settings),
        plain=plain,
        seed=bill(seed_load(REFERENCE, Assumptions())),
        seed_batched=bill(seed_load(REFERENCE, Assumptions(), REFERENCE.batch)),
        single=example(replace(REFERENCE, batch=1), settings),
        levers=levers(reference),
        alerting_devices=Assumptions().alerting_devices,
        greatest_alerting_devices=greatest_alerting_devices(reference),
        meets_targets=meets_targets,
        each_read=each_read.flow_per_million - plain.bill.flow_per_million,
        partitions=PARTITIONS,
        partition_writes=limit("dynamodb.partition_writes"),
        readings_a_message=MAXIMUM_READINGS,
        region=region(),
        burst=limit("api_gateway.burst"),
        targets=(OF_FLOOR, OF_SEED),
        figures=figures,
    )


def _chart(settings: EnvironmentSettings) -> str:
    plain = without_rules(settings)
    floor = floor_per_million(_ours(settings).sizes)
    bars = [
        _bar("the seed's design, one by one", bill(seed_load(REFERENCE, Assumptions()))),
        _bar("the seed's functions, 100 a request", bill(seed_load(REFERENCE, Assumptions(), REFERENCE.batch))),
        _bar("ours, one reading a request", bill(_ours(settings, 1).load())),
        _bar("ours, 10 readings a request", bill(_ours(settings, 10).load())),
        _bar("ours, 100 readings a request", bill(_ours(settings).load())),
        _bar("the same, no alert rule", bill(_ours(plain).load())),
        Bar("the floor: two writes", {"DynamoDB": floor}),
    ]
    return chart("Dollars for a million readings, 100,000 devices, one a minute each", bars, floor)


def _bar(title: str, month: Bill) -> Bar:
    services = {name: cost / month.readings * 1_000_000 for name, cost in month.by_service().items()}
    named = {name: services[name] for name in _SERVICES}
    return Bar(title, {**named, "other": sum(cost for name, cost in services.items() if name not in named)})


_SERVICES: Final = ("DynamoDB", "DynamoDB storage", "SQS", "API Gateway", "Lambda", "CloudWatch Logs", "X-Ray")
