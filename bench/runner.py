"""Runs one command and tells what it and all its descendants took: `python -I -S runner.py REPORT COMMAND...`.

A process of its own for each run, because the kernel adds up what ended children took and keeps the largest memory
of any. It is small, because a child begins with its parent's memory. It imports nothing of the project.
"""

import ctypes
import json
import os
import resource
import sys
import time

_SET_CHILD_SUBREAPER = 36
"""prctl(2): descendants whose parent ended, such as a tool's helper process, become this process's children."""


def main() -> int:
    """Run the command; its exit code is ours."""
    report, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    status = os.waitpid(child, 0)[1]
    wall = time.perf_counter() - start
    _await_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    kibibytes = used.ru_maxrss if sys.platform == "linux" else used.ru_maxrss / 1024
    sample = {"wall_seconds": wall, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mebibytes": kibibytes / 1024}
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be a third of this process
        json.dump(sample, file)
    return os.waitstatus_to_exitcode(status)


def _await_orphans() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


if __name__ == "__main__":
    sys.exit(main())
