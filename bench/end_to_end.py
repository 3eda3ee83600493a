"""Readings per second on the embedded AWS: this project and the seed's style, side by side."""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest

from bench.calls import DESIGNS
from bench.environments import BUILD, versions
from bench.in_memory import readings, request
from bench.results import Result
from bench.sampling import Sample, alternate
from bench.seed_stack import deploy
from generate.naming import LAYER_PACKAGE
from ops.aws.access import Access
from ops.aws.api_client import ApiClient
from ops.local.layout import Layout
from ops.local.machine import Machine
from ops.project.errors import OpsError
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT, find_environment
from ops.project.progress import Progress

CLIENTS: Final = 4
"""The emulator serves as many without cold starts in between."""
LOADS: Final = {"one at a time": (25, 1), "in batches of 50": (3, 50)}
"""Requests of each client, one after the other, and readings in each of them."""
_ATTEMPTS: Final = 6
_TIMEOUT_SECONDS: Final = 300.0
"""Longer than the visibility timeout of a message whose processing failed."""
_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Stack:
    """A stack that is measured: its API's address, its table of processed readings, and the administrator's access."""

    api: str
    processed_table: str
    access: Access

    def run(self, requests: int, size: int, clients: int = CLIENTS) -> Sample:
        """Send readings from several clients at once and wait until all are processed.

        Returns:
            Readings per second, `acknowledged` and `processed`, counted from the first request on.

        Raises:
            OpsError: A reading was refused, or not processed in time.
        """
        total = clients * requests * size
        # each client sends for a device of its own, so that no reading is a duplicate
        devices = [f"bench-{time.time_ns()}-{number}" for number in range(clients)]
        signed = [self._sign_requests(device, requests, size) for device in devices]
        start = time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(self._send, signed))
        acknowledged = time.monotonic() - start
        while (found := self._count_processed(devices)) < total:
            if time.monotonic() - start > _TIMEOUT_SECONDS:
                raise OpsError(f"{self.processed_table} has {found} of {total} readings after {_TIMEOUT_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
        return {"acknowledged": total / acknowledged, "processed": total / (time.monotonic() - start)}

    def _sign_requests(self, device: str, requests: int, size: int) -> list[AWSPreparedRequest]:
        client = ApiClient(self.api, self.access)
        sent = readings(requests * size, device)
        batches = [request(sent[start : start + size]) for start in range(0, len(sent), size)]
        return [client.sign(client.prepare_post("/ingest", batch)).prepare() for batch in batches]

    def _send(self, signed: Sequence[AWSPreparedRequest]) -> None:
        """Send each request over one connection until its answer is 200, as a device does."""
        connection = ApiClient(self.api, self.access).connection
        for post in signed:
            for attempt in range(_ATTEMPTS):
                answer = connection.send(post)
                if answer.status_code == HTTPStatus.OK:
                    break
                time.sleep(0.25 * 2**attempt)
            else:
                raise OpsError(f"{self.api} answered {answer.status_code} {_ATTEMPTS} times: {answer.text[:200]}")

    def _count_processed(self, devices: Sequence[str]) -> int:
        query: Any = self.access.dynamodb().get_paginator("query").paginate
        shared = {"TableName": self.processed_table, "KeyConditionExpression": "device_id = :id", "Select": "COUNT"}
        values = [{":id": {"S": device}} for device in devices]
        return sum(page["Count"] for value in values for page in query(**shared, ExpressionAttributeValues=value))


def measure(rounds: int, progress: Progress) -> Result:
    """Measure both stacks on an embedded AWS of their own, which is stopped and deleted afterwards.

    Raises:
        OpsError: The embedded AWS does not start, or loses a reading.
    """
    layout = Layout(BUILD / "embedded")
    machine = Machine(ROOT, layout, EMBEDDED_ENVIRONMENT, progress)
    try:
        pipeline = machine.up()
        administrator = pipeline.administrator
        runtime = find_environment(ROOT, EMBEDDED_ENVIRONMENT).functions.runtime
        ours = Stack(pipeline.api, pipeline.outputs["ProcessedDataTableName"], administrator)
        seeds = Stack(*deploy(administrator, layout.packages / LAYER_PACKAGE, runtime), administrator)
        stacks = dict(zip(DESIGNS, (ours, seeds), strict=True))
        for design, stack in stacks.items():
            progress.say(f"  warming up: {design}")
            for clients in range(1, CLIENTS + 1):  # many cold starts at once only wait for each other here
                stack.run(2, 1, clients)
        subjects = {
            f"{design}, {load}": partial(stack.run, *shape)
            for load, shape in LOADS.items()
            for design, stack in stacks.items()
        }
        samples = alternate(subjects, rounds, progress)
    finally:
        machine.down()
        shutil.rmtree(layout.state, ignore_errors=True)
    return Result("end_to_end", samples, versions=versions("embedded", "ministack", "boto3"))
