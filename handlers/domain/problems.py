"""Problem details, https://www.rfc-editor.org/rfc/rfc9457: what is wrong with a request, one entry for each fault."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import msgspec

from handlers.errors import PipelineError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 2
MAXIMUM_FAULTS: Final = 1000
"""In one answer, which could exceed Lambda's 6 MB otherwise."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong.

    Attributes:
        pointer: where, as the URI fragment of a JSON Pointer (`#/sensor_data/temp`); see `member`.
        detail: what was found and what is allowed.
    """

    pointer: str
    detail: str


class FaultsError(PipelineError):
    """A document does not meet the contract; contains every fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class ProblemError(PipelineError):
    """The answer to a request that is refused, or that cannot be carried out now."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
        extensions: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, faults
        self.headers, self.extensions = headers, extensions

    def document(self, maximum_faults: int = MAXIMUM_FAULTS) -> dict[str, object]:
        """Return the problem as JSON: `title`, `status`, `detail`, `errors` where there are faults, extensions.

        Args:
            maximum_faults: the maximum number of entries in `errors`; one more says how many were left out.
        """
        shown = self.faults[:maximum_faults]
        if len(shown) < len(self.faults):
            shown = [*shown, Fault("#", f"and {len(self.faults) - len(shown)} more faults")]
        errors = {"errors": [msgspec.structs.asdict(fault) for fault in shown]} if shown else {}
        return {
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            **errors,
            **self.extensions,
        }


def member(pointer: str, name: str | int) -> str:
    """Return the pointer to a member of what `pointer` points to, https://www.rfc-editor.org/rfc/rfc6901 section 6."""
    token = str(name).replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{quote(token, safe='~:@!$&()*+,;=', errors='surrogatepass')}"


def bad_request(faults: list[Fault]) -> ProblemError:
    """Return the 400 for a document with faults."""
    return ProblemError(HTTPStatus.BAD_REQUEST, "The request does not meet the contract.", faults)


def unavailable(extensions: Mapping[str, object] | None = None) -> ProblemError:
    """Return the 503 for a request that AWS did not complete in time."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The request could not be completed. It is safe to send it again.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        extensions=extensions or {},
    )
