"""AWS calls for 1,000 readings, counted: `python -m bench.calls`.

`calls_per_1000_readings` hands the counts to others, such as a model of cost.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final, Literal, cast

from bench.arguments import positive
from bench.events import fleet, received, request_of
from bench.fakes import Context, FakeAws, play_aws
from bench.figures import rounded, times
from bench.publishing import publish
from bench.results import Result, Table
from bench.variables import VARIABLES
from ops.cli.running import run
from ops.project.errors import OpsError
from ops.project.progress import Progress

Design = Literal["this project", "the seed's style"]
DESIGNS: Final[tuple[Design, ...]] = ("this project", "the seed's style")
READINGS: Final = 1000
REQUEST_SIZES: Final = (1, 100)
INGESTION, PROCESSOR = "lambda:Invoke of ingestion", "lambda:Invoke of processor"
_MESSAGES_A_BATCH: Final[dict[Design, int]] = {"this project": 100, "the seed's style": 10}
"""Of the event source mapping: `envs/dev`'s, and Lambda's default, which the seed leaves. A full queue fills them.
A message of ours carries up to ten readings of a request, one of the seed's carries one."""


def calls_per_1000_readings(design: Design, readings_a_request: int) -> dict[str, int]:
    """The functions' AWS calls, and their invocations, while 1,000 devices' readings are taken in and processed.

    Counted in a process of its own, which begins as a cold function does: the configuration is read once.

    Args:
        design: Whose functions.
        readings_a_request: 1 to 100.

    Returns:
        Counts by operation, such as `dynamodb:PutItem`. What Lambda itself calls (receives, deletes) is not in it.

    Raises:
        OpsError: A function failed.
    """
    command = [sys.executable, "-m", "bench.calls", "--count", design, "--request", str(readings_a_request)]
    environment = {**os.environ, **VARIABLES}
    root = Path(__file__).parents[1]
    done = subprocess.run(  # noqa: S603  # this module
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OpsError(f"{design} failed:\n{done.stderr}")
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def _count(design: Design, size: int) -> Counter[str]:
    fake = FakeAws()
    ingest, process = _ours(fake) if design == DESIGNS[0] else _seeds(fake)
    sent = fleet(READINGS)
    for start in range(0, READINGS, size):
        answer = ingest(request_of(sent[start : start + size]), Context())
        _expect(answer["statusCode"] == 200, answer)  # noqa: PLR2004 - HTTP's
        fake.calls[INGESTION] += 1
    batch = _MESSAGES_A_BATCH[design]
    for start in range(0, len(fake.bodies), batch):
        answer = process(received(fake.bodies[start : start + batch]), Context())
        _expect(not answer.get("batchItemFailures"), answer)
        fake.calls[PROCESSOR] += 1
    _expect(fake.items == 2 * READINGS, fake.items)
    return fake.calls


def _expect(holds: bool, found: object) -> None:  # noqa: FBT001 - as `assert` has it
    if not holds:
        raise OpsError(f"the functions did not do what is counted: {found}")


def _ours(fake: FakeAws) -> tuple[Any, Any]:
    play_aws(fake)
    return tuple(importlib.import_module(f"handlers.{name}").lambda_handler for name in ("ingestion", "processor"))


def _seeds(fake: FakeAws) -> tuple[Any, Any]:
    modules: list[Any] = [importlib.import_module(f"bench.seed.{name}") for name in ("ingestion", "processor")]
    for module in modules:
        for client in ("table", "sqs", "sns", "ssm"):
            setattr(module, client, fake)
    return modules[0].lambda_handler, modules[1].lambda_handler


def measure(progress: Progress) -> Result:
    """Count everything."""
    columns = [(design, size) for size in REQUEST_SIZES for design in DESIGNS]
    counts = {}
    for design, size in columns:
        progress.say(f"counting: {design}, {size} readings a request")
        counts[design, size] = calls_per_1000_readings(design, size)
    operations = sorted({operation for count in counts.values() for operation in count})
    rows = [(operation, *(f"{counts[column].get(operation, 0):,}" for column in columns)) for operation in operations]
    totals = {column: sum(count.values()) for column, count in counts.items()}
    rows.append(("**all**", *(f"**{totals[column]:,}**" for column in columns)))
    best = totals[DESIGNS[0], REQUEST_SIZES[-1]]
    rows.append(("each reading", *(rounded(totals[column] / READINGS) for column in columns)))
    rows.append(("of the least", *(times(totals[column] / best) for column in columns)))
    heads = ("call", *(f"{design}, {size} a request" for design, size in columns))
    kept = {f"{design}, {size} a request": dict(sorted(count.items())) for (design, size), count in counts.items()}
    return Result("calls", {}, [Table("Calls for 1,000 readings, taken in and processed", heads, rows)], samples=kept)


def main() -> int:
    """Count and publish, or, asked for one count, print it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.calls")
    parser.add_argument("--count", choices=DESIGNS, help="print one design's counts as JSON")
    parser.add_argument("--request", type=positive, default=1, help="readings in a request (default: 1)")
    arguments = parser.parse_args()
    if arguments.count is None:
        progress = Progress()
        publish(measure(progress), progress)
        return 0
    with redirect_stdout(sys.stderr):
        counts = _count(cast("Design", arguments.count), arguments.request)
    print(json.dumps(counts))
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
