"""Writes `docs/scale.md` from the model and `scale.md.j2`, which says what fleets it shows."""

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from msgspec.structs import replace

from generate.settings import Config, EnvironmentSettings, Functions, Rule
from handlers.aws.alert_state import PARTITIONS
from ops.capacity.demand import Demand
from ops.capacity.published import limit, region
from ops.capacity.report import dollars, number
from ops.capacity.seed import TARGETS, compare, seed_bill
from ops.capacity.utilization import cells, utilizations
from ops.capacity.workload import Workload

DOCUMENT: Final = Path("docs", "scale.md")
SETTINGS: Final = EnvironmentSettings(
    environment="prod",
    config=Config(rules={"temperature": Rule(min=-40, max=85, hysteresis=1)}),
    functions=Functions(log_level="WARNING"),
)
"""Of the fleets: the defaults, one alert rule, and no log line for a success. No environment's own, so that the page
does not depend on what a project sets under `envs/`."""


def write_document(project: Path, today: date) -> None:
    """Write the document.

    Args:
        project: The project's folder.
        today: The date that the document carries.
    """
    source = files(__package__).joinpath("scale.md.j2").read_text(encoding="utf-8")
    # Markdown for people; nothing of it reaches a browser.
    template = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701
    text = template.from_string(source).render(
        today=today,
        fleet=_fleet,
        targets=list(TARGETS.values()),
        region=region(),
        limit=limit,
        partitions=PARTITIONS,
        number=number,
        dollars=dollars,
    )
    (project / DOCUMENT).write_text(text, encoding="utf-8")


def _fleet(devices: int, interval: int, batch: int, *, has_rule: bool = True, alerting: float = 0.01) -> dict[str, Any]:
    """Return what the document shows of a fleet."""
    settings = SETTINGS if has_rule else replace(SETTINGS, config=Config())
    workload = Workload(Demand(devices, interval, batch, alerting_devices=alerting), settings)
    found, limits = compare(workload), utilizations(workload)
    return {
        "demand": workload.demand,
        "workload": workload,
        "limits": limits,
        "cells": [cells(limits, is_raised=is_raised) for is_raised in (False, True)],
        "costs": list(found.values()),
        "ratios": [workload.bill.per_million / cost for cost in found.values()],
        "seed": seed_bill(workload.demand),
        "seed_batched": seed_bill(workload.demand, batch),
    }
