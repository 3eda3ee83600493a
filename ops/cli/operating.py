"""The verbs that use and look after a running environment."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import Parameter

from handlers.contract import MAXIMUM_BATCH_SIZE
from ops.capacity.demand import Demand, check
from ops.capacity.document import write_document
from ops.capacity.report import as_json as capacity_json
from ops.capacity.report import report
from ops.capacity.workload import Workload
from ops.cli.options import Deployed, Json, Running, between
from ops.cli.running import FAILED, become
from ops.operate.callers import find_api, find_operator
from ops.operate.load.accounting import load_environment
from ops.operate.load.generator import Shape
from ops.operate.logs import FUNCTIONS, MAXIMUM_MINUTES, show_logs
from ops.operate.redrive import INGESTION, MAXIMUM_MESSAGES, QUEUES, Request, read_choice, redrive_environment
from ops.operate.send import DEFAULT_DEVICE, build_body, show
from ops.project.paths import LOCAL, ROOT
from ops.project.progress import Progress

_Function = Annotated[str | None, Parameter(choices=tuple(FUNCTIONS))]


def send(*, env: Running = LOCAL, device: str | None = None, data: str | None = None, file: Path | None = None) -> int:
    """Send a reading, signed.

    PIPELINE_API_KEY in the environment is sent as X-Api-Key.

    Args:
        device: The reading's device_id; by default test-device-001.
        data: The reading's sensor_data, a JSON object; by default {"temp": 25.5}.
        file: A file with the whole body, for more than one reading; sent byte for byte.
    """
    body = build_body(device, data, file)
    progress = Progress(sys.stderr)
    code = show(find_api(ROOT, env, progress).post("/ingest", body))
    if code == 0:
        progress.say("what is accepted is processed, and then in what make query shows, within seconds")
    return code


def query(
    *,
    env: Running = LOCAL,
    device: str = DEFAULT_DEVICE,
    day: Annotated[str | None, Parameter(alias="--event-date")] = None,
    start: str | None = None,
    end: str | None = None,
    table: str | None = None,
    order: str | None = None,
    limit: str | None = None,
    token: Annotated[str | None, Parameter(alias="--next-token")] = None,
    interval: str | None = None,
    statistics: str | None = None,
) -> int:
    """Query a device's readings, signed.

    PIPELINE_API_KEY in the environment is sent as X-Api-Key.

    Args:
        device: The device_id.
        day: A day, such as 2026-11-23.
        start: The time of the first readings to show.
        end: The time of the last readings to show.
        table: processed or raw.
        order: asc or desc.
        limit: The maximum of items to return.
        token: The next_token of the page before.
        interval: The length of the intervals to downsample to, from PT1M to P1D.
        statistics: Of each interval: min, max, avg, sum, count, with commas between them.
    """
    asked = {"device_id": device, "event_date": day, "start": start, "end": end, "table": table, "order": order}
    asked |= {"limit": limit, "next_token": token, "interval": interval, "statistics": statistics}
    given = {name: text for name, text in asked.items() if text is not None}
    return show(find_api(ROOT, env, Progress(sys.stderr)).get("/query", given))


def logs(
    *,
    env: Running = LOCAL,
    minutes: Annotated[int, between(1, MAXIMUM_MINUTES)] = 15,
    function: _Function = None,
    follow: bool = False,
) -> None:
    """Show the functions' logs.

    Args:
        minutes: How far back.
        function: Only this function's.
        follow: Go on until Ctrl-C.
    """
    progress = Progress(sys.stderr)
    operator = find_operator(ROOT, env, progress)
    show_logs(operator, [function] if function else list(FUNCTIONS), minutes, progress, follow=follow)


def redrive(
    *,
    env: Running = LOCAL,
    dry_run: bool = False,
    queue: Annotated[str, Parameter(choices=tuple(QUEUES))] = INGESTION,
    identifier: Annotated[str | None, Parameter(name="--id")] = None,
    device: str | None = None,
    reason: str | None = None,
    function: _Function = None,
    limit: Annotated[int | None, between(1, MAXIMUM_MESSAGES)] = None,
) -> int:
    """Move dead-letter messages back, all or chosen ones; exit 1 where some are dead-lettered again.

    Args:
        dry_run: List what would be moved, and move nothing.
        queue: ingestion, or async: failed asynchronous invocations.
        identifier: Only messages of these ids, as a dry run lists them: a,b,c.
        device: Only messages of these devices: a,b,c.
        reason: Only messages whose reason has one of these texts: a,b,c.
        function: Whose events they are, where the messages of async do not say.
        limit: The maximum to move.
    """
    choice = read_choice(queue, function, id=identifier, device=device, reason=reason)
    progress = Progress()
    request = Request(queue, choice, function, limit, dry_run)
    return 0 if redrive_environment(find_operator(ROOT, env, progress), request, progress) else FAILED


def load(
    *,
    env: Running = LOCAL,
    devices: Annotated[int, between(1, 10_000)] = 20,
    seconds: Annotated[int, between(1, 3600)] = 30,
    batch: Annotated[int, between(1, MAXIMUM_BATCH_SIZE)] = 10,
    clients: Annotated[int, between(1, 256)] = 4,
) -> int:
    """Load the API and account for every reading; exit 1 where one is lost or doubled. The readings stay.

    PIPELINE_API_KEY in the environment is sent as X-Api-Key.

    Args:
        devices: Devices that send.
        seconds: How long they send.
        batch: Readings in a request.
        clients: Requests at a time; the embedded AWS can answer about 4.
    """
    progress = Progress()
    operator, api = find_operator(ROOT, env, progress), find_api(ROOT, env, progress)
    return 0 if load_environment(operator, api, Shape(devices, seconds, batch, clients), progress) else FAILED


def verify(*, env: Running = LOCAL) -> NoReturn:
    """Test the seven integrations of a deployed environment, and print what was tried."""
    options = ("--force-enable-socket", "-v", "--proofs-of", "integrations")
    become("pytest", "tests/proofs/integrations", f"--environment={env}", *options)


def capacity(
    *,
    env: Deployed,
    demand: Annotated[Demand, Parameter(name="*")],
    as_json: Json = False,
) -> None:
    """Show what a fleet costs on AWS, and which limit it meets first."""
    workload = Workload(demand, check(env, demand, ROOT))
    print(json.dumps(capacity_json(workload)) if as_json else "\n".join(report(workload)))


def scale() -> None:
    """Write docs/scale.md anew, after a change of settings, prices or handlers."""
    write_document(ROOT, date.today())  # noqa: DTZ011 - the writer's own day
