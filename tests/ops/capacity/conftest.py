"""The pipeline with default settings under a demand."""

from collections.abc import Callable

import pytest

from generate.settings import Config, EnvironmentSettings, Rule
from ops.capacity.demand import Demand
from ops.capacity.workload import Workload

MakeWorkload = Callable[..., Workload]


def default_settings() -> EnvironmentSettings:
    """The defaults, and one alert rule."""
    rules = {"temperature": Rule(min=-40, max=85, hysteresis=1)}
    return EnvironmentSettings(environment="test", config=Config(rules=rules))


@pytest.fixture
def settings() -> EnvironmentSettings:
    return default_settings()


@pytest.fixture
def workload(settings: EnvironmentSettings) -> MakeWorkload:
    """Return the pipeline for a number of devices, one reading a minute; all else as given."""

    def make(devices: int, batch: int = 1, interval: float = 60, **demand: float) -> Workload:
        return Workload(Demand(devices, interval, batch, **demand), settings)  # type: ignore[arg-type] # whole numbers where they must be

    return make
