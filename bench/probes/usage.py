"""Runs a command and prints what it and all its descendants used: `python -I -S usage.py COMMAND...`.

Each run has this process of its own, because the kernel adds up what ended children used and keeps the largest memory
of any. It imports little, because a child's memory counts from its parent's. What the command prints goes to stderr.
"""

import ctypes
import json
import os
import resource
import sys
import time
from contextlib import suppress

_SET_CHILD_SUBREAPER = 36
"""prctl(2): descendants whose parent ended, such as a tool's helper process, become this process's children."""


def main() -> int:
    """Run the command, and return its exit code."""
    command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
    status = os.waitpid(child, 0)[1]
    wall = time.perf_counter() - start
    with suppress(ChildProcessError):  # until there is no descendant left
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    kibibytes = used.ru_maxrss if sys.platform == "linux" else used.ru_maxrss / 1024
    sample = {"wall_seconds": wall, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mebibytes": kibibytes / 1024}
    print(json.dumps(sample))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
