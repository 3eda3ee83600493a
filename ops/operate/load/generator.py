"""Generates a load: a few clients at a time, each with devices of its own, send for a limited time."""

import random
import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ops.aws.api_client import ApiClient
from ops.operate.load.ledger import Ledger, Reading, Tables
from ops.operate.load.load_report import Report
from ops.operate.load.sending import send_batch
from ops.project.progress import Progress

PATIENCE_SECONDS: Final = 300.0
"""How long after the load a reading may be processed, until it counts as lost."""
_POLL_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Shape:
    """How large a load is.

    Attributes:
        devices: How many devices send.
        seconds: For how long.
        batch: Readings of one request, all of one device.
        clients: Requests at a time.
    """

    devices: int
    seconds: float
    batch: int
    clients: int


def run_load(
    api: ApiClient, tables: Tables, shape: Shape, progress: Progress, patience: float = PATIENCE_SECONDS
) -> Report:
    """Send a load, wait until all accepted readings are processed, and account for each.

    Args:
        api: The API, called as an authorized caller.
        tables: Where the readings arrive.
        shape: How large the load is.
        progress: Reports each step.
        patience: Seconds to wait for readings that are not processed yet.
    """
    name = f"load-{secrets.token_hex(4)}"
    progress.say(f"{name}: {shape.devices} devices, {shape.clients} clients, {shape.batch} readings a request")
    began = time.monotonic()
    ledger = generate_load(api, shape, name)
    ended = time.monotonic()
    progress.say(f"sent for {ended - began:.1f} s: {len(ledger.accepted)} readings accepted; waiting for the last")
    missing = ledger.accepted - tables.read(ledger.accepted)[1].keys()
    while missing and time.monotonic() < ended + patience:
        progress.say(f"  {len(missing)} are not processed yet")
        time.sleep(_POLL_SECONDS)
        missing -= tables.read(missing)[1].keys()
    return Report(ledger, *tables.read(ledger.sent()), ended - began)


def generate_load(api: ApiClient, shape: Shape, name: str) -> Ledger:
    """Send until the time is up, and finish the requests that were begun.

    Args:
        api: The API, called as an authorized caller.
        shape: How large the load is.
        name: The beginning of each device's id.
    """
    stop, ends = threading.Event(), time.monotonic() + shape.seconds

    def run_client(devices: range) -> Ledger:
        ledger = Ledger()
        for readings in batches([f"{name}-{number}" for number in devices], shape.batch):
            if stop.is_set() or time.monotonic() >= ends:
                break
            send_batch(api, readings, ledger)
        return ledger

    shares = [range(first, shape.devices, shape.clients) for first in range(min(shape.clients, shape.devices))]
    total = Ledger()
    with ThreadPoolExecutor(len(shares)) as pool:
        try:
            for ledger in pool.map(run_client, shares):
                total.add(ledger)
        finally:
            stop.set()
    return total


def batches(devices: list[str], size: int) -> Iterator[dict[Reading, dict[str, Any]]]:
    """Batches of readings without end, of one device after the other; no two readings have the same timestamp."""
    latest = dict.fromkeys(devices, 0)
    while True:
        for device in devices:
            first = max(time.time_ns() // 1_000_000 - size, latest[device]) + 1
            latest[device] = first + size - 1
            yield {Reading(device, timestamp): _document(device, timestamp) for timestamp in range(first, first + size)}


def _document(device: str, timestamp: int) -> dict[str, Any]:
    value = Decimal(random.randint(1500, 3000)).scaleb(-2)  # noqa: S311  # no secret: a temperature
    return {"device_id": device, "timestamp": timestamp, "sensor_data": {"temp": value}}
