"""The surroundings of the handlers' own tests, for what is fuzzed in this process."""

import pytest

from handlers import observability
from tests.handlers.conftest import CACHED, logs, moto

__all__ = ["logs", "moto"]


@pytest.fixture(autouse=True)
def cold_functions() -> None:
    """Start every test as a cold function does."""
    for cached in CACHED:
        cached.cache_clear()
    observability.metrics.clear_metrics()
