"""Shows the functions' logs."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from generate.functions import specifications
from ops.operate.callers import Operator
from ops.project.progress import Progress

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

FUNCTIONS: Final = {each.name: each.output for each in specifications()}
"""The functions by the names that a user types, and the outputs with their names in AWS."""
MAXIMUM_MINUTES: Final = 3653 * 24 * 60
"""Ten years, the longest retention of a log group but for ever (CloudWatch Logs API, PutRetentionPolicy)."""
_POLL_SECONDS: Final = 2.0
_LATE_MILLISECONDS: Final = 30_000
"""Events may become visible this much later than others of the same time."""


@dataclass
class LogGroup:
    """One function's log group, read from a time on.

    Attributes:
        logs: A client of CloudWatch Logs.
        function: What a user calls the function.
        name: The log group's name.
        since: Epoch milliseconds to read from.
    """

    logs: "CloudWatchLogsClient"
    function: str
    name: str
    since: int

    def __post_init__(self) -> None:
        self._seen: set[tuple[str, int, str]] = set()

    def new_events(self) -> "Iterator[FilteredLogEventTypeDef]":
        """The events that were not handed out yet, page by page."""
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=self.name, startTime=self.since)
        for page in pages:
            for event in page["events"]:
                # Not every AWS gives events an id; the stream, the time and the text identify them as well.
                identity = (event.get("logStreamName", ""), event["timestamp"], event["message"])
                if identity not in self._seen:
                    self._seen.add(identity)
                    self.since = max(self.since, event["timestamp"] - _LATE_MILLISECONDS)
                    yield event


def show_new_events(groups: Sequence[LogGroup]) -> int:
    """Print what is new in all groups, in the order of time.

    Returns:
        How many events that were.
    """
    events = [
        (event["timestamp"], group.function, event["message"]) for group in groups for event in group.new_events()
    ]
    for timestamp, function, message in sorted(events):
        print(f"{_moment(timestamp, 'milliseconds')} {function:9} {message.rstrip()}", flush=True)
    return len(events)


def log_groups(operator: Operator, functions: Sequence[str], since: int) -> list[LogGroup]:
    """The chosen functions' log groups.

    Args:
        operator: Who reads.
        functions: What a user calls them.
        since: Epoch milliseconds to read from.

    Raises:
        OpsError: The environment is not applied.
    """
    logs = operator.access.logs()
    return [
        LogGroup(logs, function, f"/aws/lambda/{operator.output(FUNCTIONS[function])}", since) for function in functions
    ]


def show_logs(operator: Operator, functions: Sequence[str], minutes: int, progress: Progress, *, follow: bool) -> None:
    """Print the functions' logs, one line for each event.

    Args:
        operator: Who reads.
        functions: What a user calls them.
        minutes: How far back.
        progress: Notified where there is nothing to show.
        follow: Whether to go on until Ctrl-C.

    Raises:
        OpsError: The environment is not applied.
    """
    since = int((time.time() - minutes * 60) * 1000)
    groups = log_groups(operator, functions, since)
    if not show_new_events(groups):
        start = _moment(since, "seconds")
        progress.say(f"no log lines of {', '.join(functions)} since {start}; MINUTES= looks further back")
    while follow:
        time.sleep(_POLL_SECONDS)
        show_new_events(groups)


def _moment(timestamp: int, precision: str) -> str:
    return datetime.fromtimestamp(timestamp / 1000, UTC).isoformat(timespec=precision)
