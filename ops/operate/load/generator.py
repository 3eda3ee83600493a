"""Devices that send for a bounded time: a few clients, each with devices of its own."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ops.aws.api_client import ApiClient
from ops.operate.load.connection import KeptConnection
from ops.operate.load.ledger import Ledger, Sent
from ops.operate.load.sender import Sender


@dataclass(frozen=True)
class Shape:
    """What the load looks like.

    Attributes:
        devices: How many devices send.
        seconds: For how long.
        batch: Readings in one request, all of one device.
        clients: Requests at a time.
    """

    devices: int
    seconds: float
    batch: int
    clients: int


def generate_load(api: ApiClient, shape: Shape, run: str) -> Ledger:
    """Send until the time is up; what is under way then is sent to its end.

    Args:
        api: The API, and who calls it.
        shape: What the load looks like.
        run: A name of this run, which begins every device's.

    Returns:
        The account of every reading.
    """
    ledger, stop = Ledger(), threading.Event()
    ends = time.monotonic() + shape.seconds
    shares = [range(first, shape.devices, shape.clients) for first in range(min(shape.clients, shape.devices))]

    def client(devices: range) -> None:
        sender = Sender(KeptConnection(api.address, api.access), ledger)
        for readings in batches([f"{run}-{number}" for number in devices], shape.batch):
            if stop.is_set() or time.monotonic() >= ends:
                return
            sender.send(readings)

    with ThreadPoolExecutor(len(shares)) as pool:
        try:
            for done in [pool.submit(client, share) for share in shares]:
                done.result()
        finally:
            stop.set()
    return ledger


def batches(devices: list[str], size: int) -> Iterator[dict[Sent, dict[str, Any]]]:
    """Batches without end, of one device after the other, each reading with a time of its own."""
    latest = dict.fromkeys(devices, 0)
    while True:
        for device in devices:
            now = time.time_ns() // 1_000_000
            first = max(now - size, latest[device]) + 1
            latest[device] = first + size - 1
            names = [Sent(device, first + number) for number in range(size)]
            yield {name: _document(name) for name in names}


def _document(name: Sent) -> dict[str, Any]:
    value = Decimal(random.randint(1500, 3000)).scaleb(-2)  # noqa: S311  # no secret: a temperature
    return {"device_id": name.device_id, "timestamp": name.timestamp, "sensor_data": {"temp": value}}
