"""Shows the functions' logs: `python -m ops.operate.logs`."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ops.cli.make_variables import MakeVariables
from ops.cli.running import parse, run
from ops.operate.callers import Operator, find_operator
from ops.project.paths import LOCAL, ROOT, deployed_names
from ops.project.progress import Progress

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

FUNCTIONS: Final = {
    "ingestion": "IngestionFunctionName",
    "processor": "ProcessorFunctionName",
    "query": "QueryFunctionName",
}
"""What a user calls the functions, and the outputs that name them."""
_DEFAULT_MINUTES: Final = 15
_MOST_MINUTES: Final = 3653 * 24 * 60
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
                # Not every AWS gives events an id; the stream, the time and the text tell them apart as well.
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


def main(words: Sequence[str] | None = None) -> int:
    """Show what the command line says.

    Args:
        words: The command line; this process's by default.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.operate.logs", description="Show the functions' logs.")
    parser.add_argument("--env", default=LOCAL, help="local (the embedded AWS) or an environment on AWS")
    parser.add_argument("--minutes", default=str(_DEFAULT_MINUTES), help="how far back")
    parser.add_argument("--function", help=f"only this one's: {', '.join(FUNCTIONS)}")
    parser.add_argument("--follow", nargs="?", const="yes", help="go on until Ctrl-C: yes or no (no)")
    arguments = parse(parser, words)
    variables = MakeVariables(arguments)
    minutes = variables.whole_number("minutes", _MOST_MINUTES, "ten years")
    variables.one_of("function", FUNCTIONS)
    follow = variables.switch("follow")
    variables.one_of("env", deployed_names(ROOT))
    variables.refuse_problems()
    progress = Progress(sys.stderr)
    operator = find_operator(ROOT, arguments.env, progress)
    since = int((time.time() - minutes * 60) * 1000)
    groups = log_groups(operator, [arguments.function] if arguments.function else list(FUNCTIONS), since)
    if not show_new_events(groups):
        progress.say(_nothing_said(groups, since))
    while follow:
        time.sleep(_POLL_SECONDS)
        show_new_events(groups)
    return 0


def _nothing_said(groups: Sequence[LogGroup], since: int) -> str:
    names = ", ".join(group.function for group in groups)
    return f"no log lines of {names} since {_moment(since, 'seconds')}; MINUTES= looks further back"


def _moment(timestamp: int, precision: str) -> str:
    return datetime.fromtimestamp(timestamp / 1000, UTC).isoformat(timespec=precision)


if __name__ == "__main__":
    sys.exit(run(main))
