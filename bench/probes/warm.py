"""Runs the functions against AWS in memory, and a floor, in turn: `python -m bench.probes.warm ROUNDS`.

Prints the CPU seconds of each sample as JSON; what the functions log is thrown away.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import msgspec

from bench.events import readings, received, request_of
from bench.fakes import Context, FakeAws, play_aws
from bench.variables import VARIABLES

_READINGS_A_SAMPLE: Final = 2000


class Reading(msgspec.Struct, forbid_unknown_fields=True):
    """A reading as the floor takes it: binary numbers, the first fault only."""

    device_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.:-]{1,128}$")]
    timestamp: Annotated[int, msgspec.Meta(ge=0)]
    sensor_data: Annotated[dict[str, float | str | bool], msgspec.Meta(min_length=1, max_length=100)]


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """A batch of them."""

    readings: list[Reading]


class Message(msgspec.Struct):
    """What travels through the queue."""

    version: int
    accepted_at: int
    readings: list[Reading]


def floor(kind: Any, bodies: Sequence[str]) -> Callable[[], None]:
    """Parse, validate and serialise."""
    decoder, encoder = msgspec.json.Decoder(kind), msgspec.json.Encoder()

    def work() -> None:
        for body in bodies:
            decoded = decoder.decode(body)
            for one in decoded.readings if isinstance(decoded, Batch) else [decoded]:
                encoder.encode(one)

    return work


def subjects() -> dict[str, tuple[int, Callable[[], object]]]:
    """What is measured: how many readings one call takes, and the call."""
    from handlers import ingestion, processor  # noqa: PLC0415 - after the variables are set

    fake, context = FakeAws(), Context()
    play_aws(fake)
    one, hundred = request_of(readings(1)), request_of(readings(100))
    ingestion.lambda_handler(hundred, context)  # type: ignore[arg-type] # a stand-in
    batch = received(fake.bodies)
    bodies = [record["body"] for record in batch["Records"]]
    return {
        "ingest 1": (1, lambda: ingestion.lambda_handler(one, context)),  # type: ignore[arg-type] # a stand-in
        "floor, ingest 1": (1, floor(Reading, [one["body"]])),
        "ingest 100": (100, lambda: ingestion.lambda_handler(hundred, context)),  # type: ignore[arg-type] # the same
        "floor, ingest 100": (100, floor(Batch, [hundred["body"]])),
        "process 100": (100, lambda: processor.lambda_handler(batch, context)),  # type: ignore[arg-type] # the same
        "floor, process 100": (100, floor(Message, bodies)),
    }


def sample(count: int, call: Callable[[], object]) -> float:
    """CPU seconds for one reading."""
    times = max(1, _READINGS_A_SAMPLE // count)
    begun = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begun) / (times * count)


def main() -> None:
    """Measure in turn, after one round to warm up."""
    os.environ.update(VARIABLES)
    told = sys.stdout
    with open(os.devnull, "w", encoding="utf-8") as sys.stdout:  # noqa: PTH123 - a device
        measured = subjects()
        samples: dict[str, list[float]] = {name: [] for name in measured}
        for number in range(int(sys.argv[1]) + 1):
            for name, (count, call) in measured.items():
                taken = sample(count, call)
                if number:
                    samples[name].append(taken)
    sys.stdout = told
    print(json.dumps(samples))


if __name__ == "__main__":
    main()
