"""Failures of AWS and of the code, and what the processor reports of them."""

import json
from typing import Any

import pytest

from handlers.aws import clients
from handlers.domain import transform
from handlers.services import preparation
from tests.handlers.fakes import FailingClient, client_error
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline

DENIED = client_error("AccessDeniedException")


def fail(
    moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch, service: str, operation: str, times: int = 1
) -> FailingClient:
    failing = FailingClient(getattr(moto, service), operation, DENIED, times=times)
    monkeypatch.setattr(clients, service, lambda: failing)
    return failing


def attributes(dead_letter: dict[str, Any]) -> dict[str, str]:
    return {name: attribute["StringValue"] for name, attribute in dead_letter["MessageAttributes"].items()}


def counted(capsys: pytest.CaptureFixture[str]) -> tuple[int, int]:
    """The readings that the last batch's metrics count as processed and as failed."""
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    return sum(metrics["ReadingsProcessed"]), sum(metrics["ReadingsFailed"])


class ChosenFail:
    """DynamoDB, which fails each write of the chosen readings, by their times."""

    def __init__(self, moto: MotoPipeline, **codes: str) -> None:
        self._client = moto.dynamodb
        self.codes = {at.removeprefix("at_"): code for at, code in codes.items()}

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 - DynamoDB's name
        items = [request["PutRequest"]["Item"] for request in RequestItems[PROCESSED_TABLE]]
        for item in items:
            if code := self.codes.get(item["timestamp"]["N"]):
                raise client_error(code)
        return self._client.batch_write_item(RequestItems=RequestItems)


def mistake_at(monkeypatch: pytest.MonkeyPatch, timestamp: int) -> None:
    """Let the code fail at the readings of one time."""
    original = transform.plan

    def mistaken(reading: Any, *arguments: Any) -> Any:
        if reading.timestamp == timestamp:
            raise ZeroDivisionError
        return original(reading, *arguments)

    monkeypatch.setattr(preparation, "plan", mistaken)
