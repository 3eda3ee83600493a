"""The surroundings of the handlers' own tests, for what is fuzzed in this process."""

from tests.handlers.conftest import _fresh_functions, logs, world

__all__ = ["_fresh_functions", "logs", "world"]
