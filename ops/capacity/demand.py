"""What is asked of the pipeline: how many devices, how often, how many readings in a request."""

import math
from dataclasses import dataclass
from typing import Final

from ops.errors import OpsError

SECONDS_A_MONTH: Final = 30 * 86_400
LONGEST_INTERVAL_SECONDS: Final = 30 * 86_400
MOST_DEVICES: Final = 10_000_000_000
MOST_SENSOR_VALUES: Final = 100


@dataclass(frozen=True)
class Demand:
    """A fleet.

    Attributes:
        interval: Seconds between two readings of a device.
        batch: Readings in a request; more than 1 is a gateway, or a device that keeps readings back.
        readings_per_device: How many of a request's readings are of one device.
        peak: How many times the mean the busiest second is. Limits are held against it, costs against the mean.
        sensor_values: Numbers in a reading.
        stored_months: The bill is that of this month since the first reading: what was stored before is paid for.
    """

    devices: int
    interval: float
    batch: int = 1
    readings_per_device: int = 1
    peak: float = 2.0
    sensor_values: int = 3
    stored_months: int = 1

    @property
    def readings(self) -> float:
        """Readings a second, on average."""
        return self.devices / self.interval

    @property
    def requests(self) -> float:
        """Requests a second, on average."""
        return self.readings / self.batch

    @property
    def readings_a_month(self) -> float:
        """Readings in 30 days."""
        return self.readings * SECONDS_A_MONTH


def problems(demand: Demand, batch_size: int, environment: str) -> list[str]:
    """Everything that is wrong with a demand.

    Args:
        demand: What was asked for.
        batch_size: The most readings that the environment takes in a request.
        environment: Its name.
    """
    found = []
    for name, value, least, most in (
        ("devices", demand.devices, 1, MOST_DEVICES),
        ("batch", demand.batch, 1, batch_size),
        ("readings-per-device", demand.readings_per_device, 1, demand.batch),
        ("peak", demand.peak, 1, 1000),
        ("sensor-values", demand.sensor_values, 1, MOST_SENSOR_VALUES),
        ("stored-months", demand.stored_months, 1, 1200),
    ):
        if not least <= value <= most:
            why = f", config.batch_size of {environment}" if name == "batch" and value > most else ""
            found.append(f"--{name} {value:g}: allowed is from {least} to {most}{why}")
    if not 0 < demand.interval <= LONGEST_INTERVAL_SECONDS or not math.isfinite(demand.interval):
        allowed = f"more than 0 and at most {LONGEST_INTERVAL_SECONDS} seconds"
        found.append(f"--interval {demand.interval:g}: allowed is {allowed}")
    return found


def refuse(found: list[str]) -> None:
    """End where something is wrong.

    Raises:
        OpsError: With every problem, one a line.
    """
    if found:
        raise OpsError("\n       ".join(found))
