"""What goes wrong with a function's calls of AWS, put in by botocore's own event hooks.

Calls are counted as they leave, one at a time: those which a function makes side by side wait for each other, so that
every run has the same calls before and behind the one that goes wrong.
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
    """The process is gone, and AWS never got the call."""
    KILLED_AFTER = "killed after"
    """AWS did it, and the process is gone."""
    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    CONNECTION_RESET = "connection reset"
    LOST_ANSWER = "lost answer"
    """AWS did it, and then the connection breaks."""
    ACCESS_DENIED = "access denied"


KILLS: Final = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
FAILURES: Final = tuple(fault for fault in Fault if fault not in KILLS)
_ANSWERS: Final = {
    Fault.THROTTLED: (400, "ThrottlingException"),
    Fault.SERVER_ERROR: (500, "InternalServerError"),
    Fault.ACCESS_DENIED: (400, "AccessDeniedException"),
}


@dataclass(frozen=True)
class Trouble:
    """Which calls go wrong, and how.

    Attributes:
        fault: What happens.
        call: Only to this one, counted from 1; None: to every one.
        operation: Only to calls of this operation (`PutItem`); None: whichever it is.
    """

    fault: Fault
    call: int | None = None
    operation: str | None = None

    def strikes(self, number: int, operation: str) -> bool:
        """Whether it strikes a call."""
        return self.call in (None, number) and self.operation in (None, operation)


class Calls:
    """Every call that goes through some clients.

    Attributes:
        operations: Those that left, in order.
        struck: How many of them something happened to.
    """

    def __init__(self, clients: Sequence[Any], trouble: Trouble | None) -> None:
        """Watch the clients."""
        self.operations: list[str] = []
        self.struck = 0
        self._trouble = trouble
        self._one_at_a_time = Lock()
        for client in clients:
            client.meta.events.register("before-send", self._leaving(client.meta.service_model.metadata))
            client.meta.events.register("response-received", self._answered)

    def _leaving(self, service: dict[str, Any]) -> Callable[..., AWSResponse | None]:
        def leaving(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
            self._one_at_a_time.acquire()  # released when its answer is there
            self.operations.append(event_name.rpartition(".")[2])
            fault = self._fault(Fault.KILLED_AFTER)
            self.struck += fault is not None
            return None if fault is None else _struck(fault, request, service)

        return leaving

    def _answered(self, **_: object) -> None:
        if self._fault() is Fault.KILLED_AFTER:
            os.kill(os.getpid(), signal.SIGKILL)
        self._one_at_a_time.release()

    def _fault(self, but: Fault | None = None) -> Fault | None:
        trouble = self._trouble
        strikes = trouble and trouble.strikes(len(self.operations), self.operations[-1])
        return trouble.fault if trouble and strikes and trouble.fault is not but else None


def _struck(fault: Fault, request: AWSPreparedRequest, service: dict[str, Any]) -> AWSResponse:
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
    """What botocore reads an answer from."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """The whole of it at once."""
        yield self.read()
