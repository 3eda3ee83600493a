"""Reads Terraform's machine-readable output: what is under way, what is done, what went wrong."""

import json
from collections.abc import Callable
from typing import Any, Final

_SHOWN: Final = 3
"""How many of the resources under way one line names."""


class Events:
    """Collects the events of one run.

    Args:
        clock: Seconds, ever growing.

    Attributes:
        errors: The error diagnostics, each as Terraform words it.
        summary: Terraform's count of what it changed, empty before there is one.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._planned = 0
        self._done = 0
        self._refreshed = 0
        self._running: dict[str, float] = {}
        self.errors: list[str] = []
        self.summary = ""

    def feed(self, line: str) -> None:
        """Take one line of output; what is no event is an error that Terraform wrote before it could write events."""
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            if line.strip():
                self.errors.append(line)
            return
        self._take(event)

    def status(self) -> str:
        """What is under way, in one line."""
        if not self._running:
            known = f", {self._refreshed} resources read" if self._refreshed else ""
            return f"planning{known}" if not self._done else "finishing"
        now = self._clock()
        oldest = sorted(self._running.items(), key=lambda item: item[1])
        names = ", ".join(f"{name} ({now - since:.0f} s)" for name, since in oldest[:_SHOWN])
        more = f" and {len(oldest) - _SHOWN} more" if len(oldest) > _SHOWN else ""
        done = f"{self._done} of {self._planned}" if self._planned else str(self._done)
        return f"{done} done; waiting for {names}{more}"

    def _take(self, event: dict[str, Any]) -> None:
        hook = event.get("hook", {})
        address = hook.get("resource", {}).get("addr", "")
        match event.get("type"):
            case "apply_start":
                self._running[address] = self._clock()
            case "apply_complete":
                self._running.pop(address, None)
                self._done += hook.get("action") != "read"
            case "apply_errored":
                self._running.pop(address, None)
            case "refresh_complete":
                self._refreshed += 1
            case "change_summary":
                self._take_summary(event["changes"])
            case "diagnostic" if event["diagnostic"]["severity"] == "error":
                self.errors.append(_diagnostic(event["diagnostic"]))
            case _:
                pass

    def _take_summary(self, changes: dict[str, Any]) -> None:
        counts = [changes.get(key, 0) for key in ("add", "change", "remove")]
        if changes.get("operation") == "plan":
            self._planned = sum(counts)
        else:
            self.summary = "{} added, {} changed, {} destroyed".format(*counts)


def _diagnostic(diagnostic: dict[str, Any]) -> str:
    place = diagnostic.get("range") or {}
    where = (
        f" ({place['filename']} line {place['start']['line']})" if place.get("filename", "<empty>") != "<empty>" else ""
    )
    address = f"{diagnostic['address']}: " if diagnostic.get("address") else ""
    detail = f"\n{diagnostic['detail']}" if diagnostic.get("detail") else ""
    return f"{address}{diagnostic['summary']}{where}{detail}"
