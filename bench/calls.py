"""AWS calls for 1,000 readings, this project's and the seed's, counted.

`python -m bench.calls DESIGN READINGS_PER_REQUEST` counts one case and prints JSON. Its process begins as a cold
function does, so that reading the configuration is counted, too.
"""

import json
import sys
from collections import Counter
from contextlib import redirect_stdout
from importlib import import_module
from typing import Any, Final, Literal

from bench.in_memory import VARIABLES, AwsInMemory, readings, request
from bench.results import Result
from bench.sampling import run_program
from ops.project.progress import Progress

Design = Literal["this project", "the seed's style"]
DESIGNS: Final[tuple[Design, ...]] = ("this project", "the seed's style")
REQUEST_SIZES: Final = (1, 100)
_READINGS: Final = 1000
_MESSAGES_PER_BATCH: Final = {"this project": 100, "the seed's style": 10}
"""Of the event source mapping: `envs/dev`'s, and Lambda's default, which the seed uses. A full queue fills the batches.
A message of ours carries up to ten readings of a request, one of the seed's carries one."""


def measure(_rounds: int, progress: Progress) -> Result:
    """Count both designs' calls, with single readings and in batches."""
    progress.say("  counting both designs' calls")
    counts = {
        f"{design}, {size} per request": calls_per_1000_readings(design, size)
        for size in REQUEST_SIZES
        for design in DESIGNS
    }
    return Result("calls", counts)


def calls_per_1000_readings(design: Design, readings_per_request: int) -> dict[str, int]:
    """Count the AWS calls and invocations while 1,000 devices' readings are ingested and processed.

    Args:
        design: Whose functions.
        readings_per_request: 1 to 100.

    Returns:
        Counts by operation, such as `dynamodb:PutItem`, without what Lambda itself calls (receives, deletes).

    Raises:
        OpsError: A function failed.
    """
    counts: dict[str, int] = run_program([sys.executable, "-m", "bench.calls", design, readings_per_request], VARIABLES)
    return counts


def _count(design: str, readings_per_request: int) -> Counter[str]:
    from tests.handlers.fakes import Context  # noqa: PLC0415 - imports the functions, which log to stdout
    from tests.handlers.moto_pipeline import message, posted  # noqa: PLC0415 - the same

    aws, context = AwsInMemory(), Context()
    aws.use()
    ingest, process = (_handler(design, name, aws) for name in ("ingestion", "processor"))
    sent = [readings(1, f"sensor-{number}")[0] for number in range(_READINGS)]
    for start in range(0, _READINGS, readings_per_request):
        ingest(posted("ingest", request(sent[start : start + readings_per_request])), context)
        aws.calls["lambda:Invoke of ingestion"] += 1
    size = _MESSAGES_PER_BATCH[design]
    for start in range(0, len(aws.bodies), size):
        records = [message(body) for body in aws.bodies[start : start + size]]
        process({"Records": records}, context)
        aws.calls["lambda:Invoke of processor"] += 1
    return aws.calls


def _handler(design: str, name: str, aws: AwsInMemory) -> Any:
    if design == "this project":
        return import_module(f"handlers.{name}").lambda_handler
    sys.modules.pop("bench.peers.seed", None)  # each function has a process of its own
    seed: Any = import_module("bench.peers.seed")
    seed.raw = seed.processed = seed.sqs = seed.ssm = aws
    return getattr(seed, name)


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        _counts = _count(sys.argv[1], int(sys.argv[2]))
    print(json.dumps(_counts))
