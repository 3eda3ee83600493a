"""Imports an entry point, makes what its first invocation needs, and prints what that took.

`python -I -S init.py WHAT FOLDER...`: the folders come first on the import path, in this order. `WHAT` is `bare` (two
boto3 clients), `seed` or `handlers.NAME`.
"""

import sys
import time

start = time.perf_counter(), time.process_time()
what, *folders = sys.argv[1:]
sys.path[:0] = folders
name = what.removeprefix("handlers.")
if what == "bare":
    import boto3

    boto3.client("dynamodb")
    boto3.client("sqs")
elif what == "seed":
    __import__("seed")  # makes its clients at import
else:
    module = __import__(what, fromlist=[name])
    if name == "query":
        module.clients.dynamodb()
    else:
        module._configuration()  # noqa: SLF001 - as the first invocation does
        services = module._acceptance if name == "ingestion" else module._batch_processing  # noqa: SLF001 - the same
        services()
wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]

import json  # noqa: E402 - after what is measured
import resource  # noqa: E402 - the same


def peak_mebibytes() -> float:
    """The largest resident memory; on Linux not by `ru_maxrss`, which begins with the starting process's."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - imports nothing more
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


figures = {"wall_seconds": wall, "cpu_seconds": cpu, "peak_mebibytes": peak_mebibytes()}
print(json.dumps({"sample": figures, "modules": sorted(sys.modules)}))
