"""Fakes: Lambda's context, a clock that only sleeping moves, AWS that fails on demand."""

import functools
import io
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError
from typing_extensions import override

from handlers.aws.retrying import Retrying


class Context(LambdaContext):
    """Lambda's context with time to spare."""

    def __init__(self, remaining: int = 29_000) -> None:
        self.remaining = remaining
        self._function_name = "function"
        self._memory_limit_in_mb = 256
        self._invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
        self._aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    @override
    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override] # typed as static, of all things
        return self.remaining


@dataclass
class Clock:
    """A clock that only sleepers move."""

    seconds: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.seconds += seconds

    def retrying(self, seconds: float = 20.0) -> Retrying:
        """Return what repeats calls for that long, on this clock."""
        end = self.seconds + seconds
        return Retrying(lambda: end - self.seconds, self.sleep)


def client_error(code: str, status: int = 400, operation: str = "Operation", **response: object) -> ClientError:
    """Return an error as botocore raises it."""
    metadata = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata, **response}, operation)  # type: ignore[typeddict-item] # only what the handlers read


@dataclass
class Logs:
    """What a logger writes."""

    stream: io.StringIO

    @classmethod
    def of(cls, logger: Logger) -> "Logs":
        """Take over the logger's stream."""
        logs = cls(io.StringIO())
        handler = logger.registered_handler
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(logs.stream)
        return logs

    def lines(self) -> list[dict[str, Any]]:
        """Return every line as the document that it is."""
        return [json.loads(line) for line in self.stream.getvalue().split("\n") if line]  # a string may contain U+2028


def use_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Let the functions' pauses between attempts pass on a clock of the test."""
    original = Retrying.of

    def of(context: Any, reserved_seconds: float) -> Retrying:
        return msgspec.structs.replace(original(context, reserved_seconds), sleep=clock.sleep)

    monkeypatch.setattr(Retrying, "of", of)


class FailingClient:
    """A client whose chosen operation fails, some times or always, before it takes effect."""

    takes_effect = False

    def __init__(self, client: object, operation: str, error: Exception, *, times: int | None = None) -> None:
        """Take the client, the operation that fails and how often; always by default."""
        self._client = client
        self._operation = operation
        self._error = error
        self.left = times
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return an operation."""
        operation: Callable[..., Any] = getattr(self._client, name)

        @functools.wraps(operation)
        def call(**arguments: object) -> object:
            self.calls.append(name)
            fails = name == self._operation and self.left != 0
            if fails:
                self.left = None if self.left is None else self.left - 1
            answer = operation(**arguments) if self.takes_effect or not fails else None
            if fails:
                raise self._error
            return answer

        return call


class LostAnswerClient(FailingClient):
    """A client whose chosen operation does its work, and then the answer is lost."""

    takes_effect = True
