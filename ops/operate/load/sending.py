"""Sends readings as a device does: again, after `Retry-After` and longer each time, where the failure is transient."""

import random
import time
from collections.abc import Callable
from typing import Any, Final

from ops.aws.api_client import Answer, ApiClient
from ops.operate.load.ledger import Ledger, Reading
from ops.project.errors import OpsError

ATTEMPTS: Final = 12
"""Their pauses add up to two minutes at most, longer than any throttling or cold start."""
_MAXIMUM_PAUSE_SECONDS: Final = 15.0
_OK: Final = 200
_PARTLY_ACCEPTED: Final = 207
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500


def send_batch(
    api: ApiClient, readings: dict[Reading, dict[str, Any]], ledger: Ledger, pause: Callable[[float], None] = time.sleep
) -> None:
    """Send a batch until it has a final answer, or `ATTEMPTS` times, and record the result.

    Args:
        api: The API.
        readings: The documents to send.
        ledger: Records the answers and what became of each reading.
        pause: Waits for so many seconds.
    """
    for attempt in range(ATTEMPTS):
        began = time.perf_counter()
        try:
            answer = api.post("/ingest", {"readings": list(readings.values())})
        except OpsError:  # no answer
            answer = None
        ledger.answers[str(answer.status) if answer else "no answer"] += 1
        ledger.seconds.append(time.perf_counter() - began)
        if answer and not is_transient(answer):
            refused = _refused(list(readings), answer)
            ledger.refused |= refused
            ledger.accepted |= readings.keys() - refused.keys()
            return
        pause(pause_seconds(answer, attempt))
    ledger.unknown |= readings.keys()


def is_transient(answer: Answer) -> bool:
    """Whether the same request may succeed later."""
    return answer.status == _TOO_MANY_REQUESTS or answer.status >= _SERVER_ERROR


def pause_seconds(answer: Answer | None, attempt: int) -> float:
    """How long to wait before the next attempt: `Retry-After` at least, and exponentially longer, with jitter."""
    retry_after = answer.headers.get("retry-after", "") if answer else ""
    minimum = float(retry_after) if retry_after.isdecimal() else 0.0
    jitter = random.uniform(0, min(_MAXIMUM_PAUSE_SECONDS, 0.25 * 2**attempt))  # noqa: S311  # no secret: a pause
    return min(_MAXIMUM_PAUSE_SECONDS, minimum + jitter)


def _refused(readings: list[Reading], answer: Answer) -> dict[Reading, str]:
    """The readings of a batch that its final answer refuses, and how."""
    if answer.status == _PARTLY_ACCEPTED:
        return {readings[int(entry["index"])]: "rejected in a batch" for entry in answer.document()["rejected"]}
    return {} if answer.status == _OK else dict.fromkeys(readings, str(answer.status))
