"""Chooses the port of an embedded AWS: the same for the same folder, another for another."""

import hashlib
import socket
from pathlib import Path
from typing import Final

from ops.project.errors import EmbeddedError

HOST: Final = "127.0.0.1"
LOOPBACK: Final = (HOST, "localhost", "::1")
"""This machine, as addresses name it."""
_FIRST: Final = 20000
_COUNT: Final = 10000
"""Below the ports that systems hand out by themselves (from 32768), above the well-known ones."""
_ATTEMPTS: Final = 50


def choose_port(home: Path) -> int:
    """A free port, derived from the folder so that two clones do not meet.

    Raises:
        EmbeddedError: None of many is free.
    """
    first = int.from_bytes(hashlib.sha256(str(home.resolve()).encode()).digest()[:4], "big")
    candidates = [_FIRST + (first + step) % _COUNT for step in range(_ATTEMPTS)]
    free = next((port for port in candidates if is_free(port)), None)
    if free is None:
        raise EmbeddedError(f"none of {_ATTEMPTS} ports from {candidates[0]} is free on {HOST}")
    return free


def is_free(port: int) -> bool:
    """Whether a server could listen on that port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
