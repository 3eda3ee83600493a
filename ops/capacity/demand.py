"""What a fleet asks of the pipeline."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generate.errors import GenerateError
from generate.settings import EnvironmentSettings
from handlers.contract import MAXIMUM_BATCH_SIZE
from ops.project.errors import OpsError
from ops.project.paths import ROOT, find_environment

_ALLOWED: Final = {
    "devices": (1, 10_000_000_000),
    "interval": (0.001, 30 * 86_400),
    "peak": (1, 1000),
    "sensor_values": (1, 100),
    "alerting_devices": (0, 1),
    "ingestion_milliseconds": (0.001, 900_000),
    "processor_milliseconds": (0.001, 900_000),
}
"""Minimum and maximum of each number; 900,000 ms is Lambda's longest timeout."""


@dataclass(frozen=True)
class Demand:
    """A fleet, and what has to be assumed of it.

    Attributes:
        devices: Number of devices.
        interval: Seconds between two readings of a device.
        batch: Readings in a request; more than 1 is a gateway, or a device that collects readings.
        readings_per_device: How many of a request's readings are from one device.
        peak: The busiest second as a multiple of the mean. Limits are compared with it, costs follow the mean.
        sensor_values: Numbers in a reading.
        alerting_devices: Share of devices that are in alert, or were within the last day.
        ingestion_milliseconds: Duration of ingestion for a request; None: computed, see `invocations`.
        processor_milliseconds: Duration of the processor for a batch; None: computed, see `invocations`.
    """

    devices: int
    interval: float
    batch: int = 1
    readings_per_device: int = 1
    peak: float = 2.0
    sensor_values: int = 3
    alerting_devices: float = 0.01
    ingestion_milliseconds: float | None = None
    processor_milliseconds: float | None = None

    @property
    def readings(self) -> float:
        """Readings a second, on average."""
        return self.devices / self.interval

    @property
    def requests(self) -> float:
        """Requests a second, on average."""
        return self.readings / self.batch


def check(environment: str, demand: Demand, project: Path = ROOT) -> EnvironmentSettings:
    """Return the environment's settings, if the demand is possible with them.

    Raises:
        OpsError: With everything that is wrong, one a line.
    """
    settings, problems = None, []
    try:
        settings = find_environment(project, environment)
    except (OpsError, GenerateError) as error:
        problems.append(str(error))
    batch_size = settings.config.batch_size if settings else MAXIMUM_BATCH_SIZE
    shared = (1, max(1, min(demand.batch, batch_size)))
    for name, (minimum, maximum) in {**_ALLOWED, "batch": (1, batch_size), "readings_per_device": shared}.items():
        value = getattr(demand, name)
        if value is not None and not minimum <= value <= maximum:
            why = f", config.batch_size of {environment}" if name == "batch" and value > maximum else ""
            problems.append(f"--{name.replace('_', '-')} {value}: allowed is from {minimum} to {maximum}{why}")
    if settings is None or problems:
        raise OpsError("\n       ".join(problems))
    return settings
