"""What is asked of the pipeline: how many devices, how often, how many readings in a request."""

from dataclasses import dataclass
from typing import Final

from ops.project.errors import OpsError

SECONDS_A_MONTH: Final = 30 * 86_400
SHORTEST_INTERVAL_SECONDS: Final = 0.001
LONGEST_INTERVAL_SECONDS: Final = 30 * 86_400
MOST_DEVICES: Final = 10_000_000_000
MOST_SENSOR_VALUES: Final = 100
_LONGEST_SHOWN: Final = 40


@dataclass(frozen=True)
class Demand:
    """A fleet.

    Attributes:
        devices: How many devices.
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
        ("interval", demand.interval, SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS),
        ("batch", demand.batch, 1, batch_size),
        ("readings-per-device", demand.readings_per_device, 1, max(1, min(demand.batch, batch_size))),
        ("peak", demand.peak, 1, 1000),
        ("sensor-values", demand.sensor_values, 1, MOST_SENSOR_VALUES),
        ("stored-months", demand.stored_months, 1, 1200),
    ):
        if not least <= value <= most:
            why = f", config.batch_size of {environment}" if name == "batch" and value > most else ""
            found.append(f"--{name} {shown(value)}: allowed is from {least} to {most}{why}")
    return found


def shown(value: float) -> str:
    """A number as it was typed, but not longer than a line; an integer may be too large for a float."""
    text = str(value) if isinstance(value, int) else f"{value:g}"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def refuse(found: list[str]) -> None:
    """End where something is wrong.

    Raises:
        OpsError: With every problem, one a line.
    """
    if found:
        raise OpsError("\n       ".join(found))
