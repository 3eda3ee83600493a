"""This machine's own address, and a port of it for an embedded AWS."""

import random
import socket
from typing import Final

HOST: Final = "127.0.0.1"
LOOPBACK: Final = (HOST, "localhost", "::1")
"""This machine's names in addresses."""
_PORTS: Final = range(20_000, 30_000)
"""Above the well-known ports, below those that systems assign to clients (from 32768)."""


def choose_port() -> int:
    """A free port, at random, so that two embedded AWS do not meet."""
    return next(filter(is_free, random.sample(_PORTS, len(_PORTS))))


def is_free(port: int) -> bool:
    """Whether a server could listen on a port of the loopback address now."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True
