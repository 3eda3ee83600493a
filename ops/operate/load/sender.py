"""Sends readings as the contract asks of a device: again, after `Retry-After`, where an answer says so."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ops.aws.api_client import Answer, ApiClient
from ops.operate.load.ledger import Ledger, Sent
from ops.project.errors import OpsError

ATTEMPTS: Final = 12
"""Repetitions take two minutes at most, longer than any throttle or cold start."""
_LONGEST_PAUSE_SECONDS: Final = 15.0
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_PARTLY: Final = 207
_OK: Final = 200


@dataclass(frozen=True)
class Sender:
    """One client, for all devices that are its own.

    Attributes:
        client: The API's.
        ledger: Where the account is kept.
        pause: Waits for so many seconds.
    """

    client: ApiClient
    ledger: Ledger
    pause: Callable[[float], None] = time.sleep

    def send(self, readings: dict[Sent, dict[str, Any]]) -> None:
        """Send one batch until it has a final answer, or too many attempts were in vain.

        Args:
            readings: The documents, by what they are called in the account.
        """
        body = {"readings": list(readings.values())}
        for attempt in range(ATTEMPTS):
            answer = self._attempt(body)
            if answer is not None and not is_transient(answer):
                self._settle(list(readings), answer)
                return
            self.pause(pause_seconds(answer, attempt))
        self.ledger.give_up(readings)

    def _attempt(self, body: dict[str, Any]) -> Answer | None:
        begun = time.perf_counter()
        try:
            answer = self.client.post("/ingest", body)
        except OpsError:  # no answer; the kind of the error is counted
            answer = None
        kind = str(answer.status) if answer else "no answer"
        self.ledger.answered(kind, time.perf_counter() - begun)
        return answer

    def _settle(self, readings: list[Sent], answer: Answer) -> None:
        errors: dict[int, str] = {}
        if answer.status not in {_OK, _PARTLY}:
            errors = dict.fromkeys(range(len(readings)), str(answer.status))
        elif answer.status == _PARTLY:
            errors = {int(entry["index"]): "rejected in a batch" for entry in answer.document()["rejected"]}
        refused = {readings[index]: kind for index, kind in errors.items()}
        self.ledger.settle(set(readings) - set(refused), refused)


def is_transient(answer: Answer) -> bool:
    """Whether the same request may be answered otherwise later."""
    return answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR


def pause_seconds(answer: Answer | None, attempt: int) -> float:
    """How long to wait before the next attempt: what the answer asks for, at least, and longer each time."""
    asked = answer.headers.get("retry-after", "") if answer else ""
    least = float(asked) if asked.isdecimal() else 0.0
    spread = random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.25 * 2**attempt))  # noqa: S311  # no secret: a pause
    return min(_LONGEST_PAUSE_SECONDS, least + spread)
