"""Fixtures of the handlers' own tests, for functions that are fuzzed in this process."""

import pytest

from handlers import observability
from tests.handlers.conftest import CACHED, logs, moto

__all__ = ["logs", "moto"]


@pytest.fixture(autouse=True)
def cold_functions() -> None:
    """Clear what functions cache, as in a cold start."""
    for cached in CACHED:
        cached.cache_clear()
    observability.metrics.clear_metrics()
