"""The designs side by side: ours, the one that it comes from, and the floor."""

from dataclasses import dataclass, replace
from typing import Final

from msgspec.structs import replace as changed

from generate.settings import EnvironmentSettings
from ops.capacity.costs import Bill, bill, floor_per_million
from ops.capacity.ours import Ours
from ops.capacity.seed import seed_load

OF_FLOOR: Final = 1.25
OF_SEED: Final = 0.25
"""The targets: at most so many times the floor, and of the seed's design."""


@dataclass(frozen=True)
class Comparison:
    """Dollars for a million readings.

    Attributes:
        ours: Everything in.
        flow: Ours without what is stored and what stands: what a reading causes when it comes.
        seed: The seed's design, one reading a request, everything in.
        seed_batched: The seed's functions with as many readings in a request as ours.
        floor: Two writes of each reading, and no more.
    """

    ours: float
    flow: float
    seed: float
    seed_batched: float
    floor: float

    @property
    def of_floor(self) -> float:
        """Ours as a multiple of the floor."""
        return self.ours / self.floor

    @property
    def flow_of_floor(self) -> float:
        """The flow as a multiple of the floor, which stores nothing either."""
        return self.flow / self.floor

    @property
    def of_seed(self) -> float:
        """Ours as a share of the seed's design, which takes one reading a request."""
        return self.ours / self.seed

    @property
    def of_seed_batched(self) -> float:
        """Ours as a share of the seed's functions, as many readings in a request."""
        return self.ours / self.seed_batched


def compare(ours: Ours) -> Comparison:
    """Compare the designs under one demand."""
    demand, assumptions = ours.demand, ours.assumptions
    own = bill(ours.load(), demand.stored_months)
    seed, batched = (
        bill(seed_load(demand, assumptions, batch), demand.stored_months).per_million for batch in (1, demand.batch)
    )
    return Comparison(own.per_million, own.flow_per_million, seed, batched, floor_per_million(ours.sizes))


def meets_targets(found: Comparison) -> bool:
    """Whether a design costs no more than the targets ask for."""
    return found.of_floor <= OF_FLOOR and found.of_seed <= OF_SEED


def greatest_alerting_devices(ours: Ours) -> float | None:
    """The greatest share of devices in alert, in steps of 0.1 %, up to which the targets are met; None: at no share."""
    met = None
    for thousandth in range(1001):
        share = thousandth / 1000
        asked = replace(ours, assumptions=replace(ours.assumptions, alerting_devices=share))
        if not meets_targets(compare(asked)):
            break
        met = share
    return met


@dataclass(frozen=True)
class Lever:
    """A change, and what a million readings cost with it."""

    what: str
    bill: Bill


def levers(ours: Ours) -> list[Lever]:
    """Changes of settings and demand that lower the bill, the strongest first; those of less than 1 % left out."""
    settings, months = ours.settings, ours.demand.stored_months
    now = bill(ours.load(), months).per_million
    ideas = {
        "no config.rules": without_rules(settings),
        'functions.architecture = "arm64"': _with(settings, architecture="arm64"),
        'functions.log_level = "WARNING"': _with(settings, log_level="WARNING"),
        "functions.event_source.batching_window_seconds = 10": _with_window(settings, 10),
    }
    found = [Lever(what, bill(replace(ours, settings=each).load(), months)) for what, each in ideas.items()]
    most = settings.config.batch_size
    if ours.demand.batch < most:
        batched = replace(ours, demand=replace(ours.demand, batch=most))
        found.append(Lever(f"{most} readings a request", bill(batched.load(), months)))
    return sorted(
        (each for each in found if each.bill.per_million < now * 0.99), key=lambda each: each.bill.per_million
    )


def without_rules(settings: EnvironmentSettings) -> EnvironmentSettings:
    """The settings without alert rules."""
    return changed(settings, config=changed(settings.config, rules={}))


def _with(settings: EnvironmentSettings, **changes: str) -> EnvironmentSettings:
    return changed(settings, functions=changed(settings.functions, **changes))


def _with_window(settings: EnvironmentSettings, seconds: int) -> EnvironmentSettings:
    source = settings.functions.event_source
    longer = changed(source, batching_window_seconds=max(seconds, source.batching_window_seconds))
    return changed(settings, functions=changed(settings.functions, event_source=longer))
