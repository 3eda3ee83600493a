"""CPU time per reading of warm invocations, beside lower bounds.

`python -m bench.warm_path ROUNDS` takes the samples in a process of its own and prints JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from bench.environments import versions
from bench.in_memory import VARIABLES, AwsInMemory, readings, request
from bench.results import Result
from bench.sampling import Sample, alternate, run_program
from ops.project.progress import Progress

_READINGS_PER_SAMPLE: Final = 2000


class Reading(msgspec.Struct, forbid_unknown_fields=True):
    """A reading with binary numbers; only its first fault is found."""

    device_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.:-]{1,128}$")]
    timestamp: Annotated[int, msgspec.Meta(ge=0)]
    sensor_data: Annotated[dict[str, float | str | bool], msgspec.Meta(min_length=1, max_length=100)]


class Batch(msgspec.Struct):
    """Several readings: the body of a request, or of a message of the queue."""

    readings: list[Reading]


def measure(rounds: int, progress: Progress) -> Result:
    """Measure three invocations and their lower bounds.

    Raises:
        OpsError: A function failed.
    """
    progress.say(f"  three invocations and their lower bounds, {rounds} rounds")
    samples = run_program([sys.executable, "-m", "bench.warm_path", rounds], VARIABLES)
    return Result("warm_path", samples, versions=versions("dev", "msgspec", "aws-lambda-powertools"))


def _take_samples(rounds: int) -> dict[str, list[float]]:
    from handlers import ingestion, processor  # noqa: PLC0415 - they log to what stdout is at their import
    from tests.handlers.fakes import Context  # noqa: PLC0415 - imports the functions
    from tests.handlers.moto_pipeline import message, posted  # noqa: PLC0415 - the same

    aws, context = AwsInMemory(), Context()
    aws.use()
    one, hundred = (posted("ingest", request(readings(count))) for count in (1, 100))
    ingestion.lambda_handler(hundred, context)
    bodies = [*aws.bodies]
    packed = {"Records": [message(body) for body in bodies]}
    subjects = {
        "ingest 1": partial(_take_sample, 1, partial(ingestion.lambda_handler, one, context)),
        "lower bound, ingest 1": partial(_take_sample, 1, partial(_do_minimum, Reading, [one["body"]])),
        "ingest 100": partial(_take_sample, 100, partial(ingestion.lambda_handler, hundred, context)),
        "lower bound, ingest 100": partial(_take_sample, 100, partial(_do_minimum, Batch, [hundred["body"]])),
        "process 100": partial(_take_sample, 100, partial(processor.lambda_handler, packed, context)),
        "lower bound, process 100": partial(_take_sample, 100, partial(_do_minimum, Batch, bodies)),
    }
    samples = alternate(subjects, rounds, Progress(sys.stderr))
    return {name: sample["cpu_microseconds"] for name, sample in samples.items()}


def _do_minimum(kind: Any, bodies: Sequence[str]) -> None:
    """Parse, validate and serialize bodies, and nothing else."""
    for body in bodies:
        decoded = msgspec.json.decode(body, type=kind)
        for reading in decoded.readings if isinstance(decoded, Batch) else [decoded]:
            msgspec.json.encode(reading)


def _take_sample(count: int, call: Callable[[], object]) -> Sample:
    """Run a call that processes so many readings again and again."""
    start = time.process_time()
    for _ in range(_READINGS_PER_SAMPLE // count):
        call()
    return {"cpu_microseconds": (time.process_time() - start) / _READINGS_PER_SAMPLE * 1e6}


if __name__ == "__main__":
    with Path(os.devnull).open("w") as null, redirect_stdout(null):
        _samples = _take_samples(int(sys.argv[1]))
    print(json.dumps(_samples))
