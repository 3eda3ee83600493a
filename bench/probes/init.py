"""Imports an entry point and makes what its first invocation needs, and tells what that took.

`python -I -S init.py WHAT FOLDER...`: the folders are the import path, in order, before the standard library's.
`WHAT` is `bare` (two boto3 clients), `seed.NAME`, or `handlers.NAME`.
"""

import sys
import time

begun = time.perf_counter(), time.process_time()
what, *folders = sys.argv[1:]
sys.path[:0] = folders


def bare() -> None:
    """Make two clients and nothing else."""
    import boto3  # noqa: PLC0415 - what is measured

    boto3.client("dynamodb")
    boto3.client("sqs")


def seed(name: str) -> None:
    """Import a handler that makes its clients at import."""
    __import__(name)


def ours(name: str) -> None:
    """Import an entry point, and make the clients and services of its first invocation."""
    module = __import__(f"handlers.{name}", fromlist=[name])
    if name == "query":
        module.clients.dynamodb()
        return
    module._configuration()  # noqa: SLF001 - what a first batch makes
    services = module._acceptance if name == "ingestion" else module._batch_processing  # noqa: SLF001 - the same
    services()


kind, _, entry = what.partition(".")
if kind == "bare":
    bare()
elif kind == "seed":
    seed(entry)
else:
    ours(entry)
wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]

import json  # noqa: E402 - after what is measured
import resource  # noqa: E402


def peak_mebibytes() -> float:
    """The most that was resident at once; not by Linux's `ru_maxrss`, which begins with the starting process's."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - nothing more is imported
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


figures = {"wall_seconds": wall, "cpu_seconds": cpu, "peak_mebibytes": peak_mebibytes(), "modules": sorted(sys.modules)}
print(json.dumps(figures))
