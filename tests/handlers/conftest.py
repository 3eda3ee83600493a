"""The fixtures of every test here: the environment as the generator sets it, and AWS on moto."""

from collections.abc import Iterator
from threading import Lock
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from handlers import ingestion, observability, processor, settings
from tests.handlers.fakes import Logs
from tests.handlers.moto_pipeline import MotoPipeline

CACHED = [
    member
    for module in (settings, ingestion, processor)
    for member in vars(module).values()
    if hasattr(member, "cache_clear")
]
"""What the functions keep between invocations, but for the clients: they are the same for every test."""


@pytest.fixture(autouse=True)
def _fresh_functions() -> None:
    """Start every test as a cold function does."""
    for cached in CACHED:
        cached.cache_clear()
    observability.metrics.clear_metrics()


@pytest.fixture(autouse=True)
def logs() -> Logs:
    """Catch what the functions log."""
    return Logs.of(observability.logger)


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoPipeline]:
    """Return the pipeline's AWS, and the functions' environment around it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    stubbed, one_at_a_time = BotocoreStubber.process_request, Lock()

    def process_request(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        # moto keeps tables in plain dictionaries, and iterates over them while another thread writes.
        with one_at_a_time:
            return stubbed(stubber, request)

    monkeypatch.setattr(BotocoreStubber, "process_request", process_request)
    with mock_aws():
        moto = MotoPipeline.build()
        for name, value in moto.variables.items():
            monkeypatch.setenv(name, value)
        yield moto
