"""The settings of an environment as they stand by default, and the design under a demand."""

from collections.abc import Callable

import pytest

from generate.settings import Config, EnvironmentSettings, Rule
from ops.capacity.assumptions import Assumptions
from ops.capacity.demand import Demand
from ops.capacity.ours import Ours

Designed = Callable[..., Ours]


def default_settings() -> EnvironmentSettings:
    """The defaults, and one alert rule."""
    rules = {"temperature": Rule(min=-40, max=85, hysteresis=1)}
    return EnvironmentSettings(environment="test", config=Config(rules=rules))


@pytest.fixture
def settings() -> EnvironmentSettings:
    return default_settings()


@pytest.fixture
def designed(settings: EnvironmentSettings) -> Designed:
    """Return the design for a number of devices, one reading a minute; all else as given."""

    def make(devices: int, batch: int = 1, *, assumptions: Assumptions | None = None, **demand: float) -> Ours:
        asked = Demand(devices, demand.pop("interval", 60), batch, **demand)  # type: ignore[arg-type] # whole numbers where they must be
        return Ours(asked, settings, assumptions or Assumptions())

    return make
