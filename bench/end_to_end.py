"""Readings a second on the embedded AWS: this project and the seed's style, side by side.

`python -m bench.end_to_end [--rounds N]`.
"""

import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from bench.arguments import asked_rounds
from bench.calls import DESIGNS, Design
from bench.environments import BUILD
from bench.events import readings
from bench.figures import Figure, paired, rounded, times
from bench.machine import pinned
from bench.publishing import publish
from bench.results import Result, Table
from bench.seed_stack import deploy
from generate.naming import LAYER_PACKAGE
from ops.aws.access import Access
from ops.aws.api_client import ApiClient
from ops.cli.running import run
from ops.local.layout import Layout
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.operate.load.sending import is_transient, pause_seconds
from ops.project.errors import OpsError
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT, find_environment
from ops.project.progress import Progress

CLIENTS: Final = 4
"""As many as the emulator serves without cold starts between."""
_OK: Final = 200
_ATTEMPTS: Final = 6
_PATIENCE_SECONDS: Final = 300.0
"""More than a message that failed is hidden for."""
_WARM_SECONDS: Final = 3.0
"""A single reading is processed within it once a function is warm: a second of it is the batching window."""
_LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Load:
    """What each client sends, one request after the other.

    Attributes:
        requests: How many.
        readings: In each.
    """

    requests: int
    readings: int

    @property
    def name(self) -> str:
        """For people."""
        return "one at a time" if self.readings == 1 else f"in batches of {self.readings}"


LOADS: Final = (Load(25, 1), Load(3, 50))


@dataclass(frozen=True)
class Stack:
    """One of the two stacks.

    Attributes:
        api: Its address.
        processed_table: Where what was processed ends.
        access: Who calls, and who looks.
    """

    api: str
    processed_table: str
    access: Access

    def send(self, device: str, load: Load) -> None:
        """Send all of one client's readings; a device of its own, so that none is a duplicate.

        Raises:
            OpsError: An answer was not 200.
        """
        client = ApiClient(self.api, self.access)
        sent = readings(load.requests * load.readings, device)
        for start in range(0, len(sent), load.readings):
            batch = sent[start : start + load.readings]
            _post(client, batch[0] if load.readings == 1 else {"readings": batch})

    def processed(self, devices: Sequence[str]) -> int:
        """How many readings of these devices are processed."""
        dynamodb = self.access.dynamodb()
        pages = [
            page
            for device in devices
            for page in dynamodb.get_paginator("query").paginate(
                TableName=self.processed_table,
                KeyConditionExpression="device_id = :device",
                ExpressionAttributeValues={":device": {"S": device}},
                Select="COUNT",
            )
        ]
        return sum(page["Count"] for page in pages)


def _post(client: ApiClient, body: object) -> None:
    """Send until it is taken, as a device does; the repetitions are in the time."""
    for attempt in range(_ATTEMPTS):
        answer = client.post("/ingest", body)
        if answer.status == _OK:
            return
        if not is_transient(answer):
            break
        time.sleep(pause_seconds(answer, attempt))
    raise OpsError(f"{client.address} answered {answer.status}: {answer.text[:200]}")


def measure(rounds: int, progress: Progress) -> Result:
    """Take the measurement on an embedded AWS of its own, which is stopped and forgotten afterwards.

    Raises:
        OpsError: It does not come up, or loses a reading.
    """
    layout = Layout(BUILD / "embedded", BUILD / "embedded" / "packages")
    machine = Machine(ROOT, layout, EMBEDDED_ENVIRONMENT, progress)
    try:
        pipeline = machine.up()
        stacks = _stacks(pipeline, layout)
        for design, stack in stacks.items():
            progress.say(f"  warming up: {design}")
            _warm_up(stack)
        samples = _alternate(stacks, rounds, progress)
    finally:
        machine.down()
        shutil.rmtree(layout.state, ignore_errors=True)
    versions = pinned(ROOT / "ops" / "setup" / "requirements" / "embedded.txt", ("ministack", "boto3"))
    return Result("end_to_end", versions, [_table(samples)], samples=samples)


def _stacks(pipeline: Pipeline, layout: Layout) -> dict[Design, Stack]:
    administrator = pipeline.administrator
    runtime = find_environment(ROOT, EMBEDDED_ENVIRONMENT).functions.runtime
    seed = deploy(administrator, layout.packages / LAYER_PACKAGE, runtime)
    ours = Stack(pipeline.api, pipeline.outputs["ProcessedDataTableName"], administrator)
    return dict(zip(DESIGNS, (ours, Stack(seed.api, seed.processed_table, administrator)), strict=True))


def _alternate(stacks: Mapping[Design, Stack], rounds: int, progress: Progress) -> dict[str, Any]:
    samples: dict[str, Any] = {}
    for number in range(1, rounds + 1):
        for load in LOADS:
            for design, stack in stacks.items():
                rates = _rates(stack, load)
                told = ", ".join(f"{what} {rounded(rate)} a second" for what, rate in rates.items())
                progress.say(f"  round {number} of {rounds}: {design}, {load.name}: {told}")
                kept = samples.setdefault(f"{design}, {load.name}", {})
                for what, rate in rates.items():
                    kept.setdefault(what, []).append(float(f"{rate:.4g}"))
    return samples


def _warm_up(stack: Stack) -> None:
    """Start the functions' processes one by one: many cold starts at once only wait for each other here."""
    end = time.monotonic() + _PATIENCE_SECONDS
    for clients in range(1, CLIENTS + 1):
        while _run(stack, Load(2, 1), clients)[1] > _WARM_SECONDS:
            if time.monotonic() > end:
                raise OpsError(f"{stack.api} does not become warm")
    for load in LOADS:
        _run(stack, load, CLIENTS)


def _rates(stack: Stack, load: Load) -> dict[str, float]:
    """Readings a second, acknowledged and processed, from the first request on."""
    total = CLIENTS * load.requests * load.readings
    acknowledged, processed = _run(stack, load, CLIENTS)
    return {"acknowledged": total / acknowledged, "processed": total / processed}


def _run(stack: Stack, load: Load, clients: int) -> tuple[float, float]:
    """Send a load and wait for it; the seconds until all was acknowledged, and until all was processed."""
    devices = [f"bench-{time.time_ns()}-{number}" for number in range(clients)]
    total = clients * load.requests * load.readings
    begun = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda device: stack.send(device, load), devices))
    acknowledged = time.monotonic() - begun
    while (found := stack.processed(devices)) < total:
        if time.monotonic() - begun > _PATIENCE_SECONDS:
            raise OpsError(f"{stack.processed_table} holds {found} of {total} readings after {_PATIENCE_SECONDS:.0f} s")
        time.sleep(_LOOK_SECONDS)
    return acknowledged, time.monotonic() - begun


def _table(samples: Mapping[str, Any]) -> Table:
    ours, seeds = DESIGNS
    rows = []
    for load in LOADS:
        for what in ("acknowledged", "processed"):
            mine, theirs = (samples[f"{design}, {load.name}"][what] for design in (ours, seeds))
            shown = (Figure.of(rates).shown() for rates in (mine, theirs))
            rows.append((load.name, what, *shown, times(paired(mine, theirs))))
    heads = ("readings are sent", "and counted when", f"{ours}, a second", f"{seeds}, a second", "ours of the seed's")
    return Table(f"Readings a second, {CLIENTS} clients", heads, rows)


def main() -> int:
    """Measure and publish."""
    rounds, progress = asked_rounds("end_to_end", 3), Progress()
    publish(measure(rounds, progress), progress)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
