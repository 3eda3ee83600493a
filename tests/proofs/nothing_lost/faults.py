"""Injects faults into a function's AWS calls, by botocore's event hooks.

Calls are counted in the order in which they are sent. Concurrent calls are sent one after the other, so that every run
has the same calls before and after the one that fails.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from threading import Lock
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session


class Fault(StrEnum):
    """What happens to a call."""

    KILLED_BEFORE = "killed before"
    """The process is killed, and AWS does not receive the call."""
    KILLED_AFTER = "killed after"
    """AWS carries out the call, and the process is killed."""
    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    CONNECTION_RESET = "connection reset"
    LOST_ANSWER = "lost answer"
    """AWS carries out the call, and then the connection breaks."""
    ACCESS_DENIED = "access denied"


KILLS: Final = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
FAILURES: Final = tuple(fault for fault in Fault if fault not in KILLS)
_ANSWERS: Final = {
    Fault.THROTTLED: (400, "ThrottlingException"),
    Fault.SERVER_ERROR: (500, "InternalServerError"),
    Fault.ACCESS_DENIED: (400, "AccessDeniedException"),
}


@dataclass(frozen=True)
class InjectedFault:
    """Which calls fail, and how.

    Attributes:
        fault: What happens.
        call: The number of the only call that fails, counted from 1; None: every call fails.
        operation: The only operation that fails (`PutItem`); None: every operation fails.
    """

    fault: Fault
    call: int | None = None
    operation: str | None = None

    def applies_to(self, number: int, operation: str) -> bool:
        """Whether a call fails."""
        return self.call in (None, number) and self.operation in (None, operation)


class Calls:
    """The calls of some clients.

    Attributes:
        operations: The operations that were sent, in order.
        faulted: How many of them failed.
    """

    def __init__(self, clients: Sequence[Any], injected: InjectedFault | None) -> None:
        """Watch the clients."""
        self.operations: list[str] = []
        self.faulted = 0
        self._injected = injected
        self._one_at_a_time = Lock()
        for client in clients:
            client.meta.events.register("before-send", self._before_send(client.meta.service_model.metadata))
            client.meta.events.register("response-received", self._after_response)

    def _before_send(self, service: dict[str, Any]) -> Callable[..., AWSResponse | None]:
        def before_send(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
            self._one_at_a_time.acquire()  # released when the response has arrived
            self.operations.append(event_name.rpartition(".")[2])
            fault = self._fault(Fault.KILLED_AFTER)
            self.faulted += fault is not None
            return None if fault is None else _faulted_response(fault, request, service)

        return before_send

    def _after_response(self, **_: object) -> None:
        if self._fault() is Fault.KILLED_AFTER:
            os.kill(os.getpid(), signal.SIGKILL)
        self._one_at_a_time.release()

    def _fault(self, but: Fault | None = None) -> Fault | None:
        injected = self._injected
        applies_to = injected and injected.applies_to(len(self.operations), self.operations[-1])
        return injected.fault if injected and applies_to and injected.fault is not but else None


def _faulted_response(fault: Fault, request: AWSPreparedRequest, service: dict[str, Any]) -> AWSResponse:
    match fault:
        case Fault.KILLED_BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        case Fault.LOST_ANSWER:
            URLLib3Session().send(request)
    if fault not in _ANSWERS:
        raise ConnectionClosedError(endpoint_url=request.url)
    status, code = _ANSWERS[fault]
    return AWSResponse(request.url, status, HTTPHeaders(), _Body(_error(code, service)))


def _error(code: str, service: dict[str, Any]) -> bytes:
    if service["protocol"] == "query":
        return f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
    return json.dumps({"__type": code}).encode()


class _Body(BytesIO):
    """A response body that botocore can read."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Return all of it at once."""
        yield self.read()
