"""The functions' logs as a user sees them."""

import time
from typing import Any

import pytest

from ops.aws import Access
from ops.logs import LogGroup, show_new_events


def test_logs_are_shown_once_and_in_the_order_of_time(access: Access, capsys: pytest.CaptureFixture[str]) -> None:
    logs, now = access.logs(), int(time.time() * 1000)
    groups = []
    for function, lines in (("query", [(1000, "second")]), ("ingestion", [(500, "first"), (1500, "third")])):
        logs.create_log_group(logGroupName=function)
        logs.create_log_stream(logGroupName=function, logStreamName="s")
        events: Any = [{"timestamp": now + moment, "message": text} for moment, text in lines]
        logs.put_log_events(logGroupName=function, logStreamName="s", logEvents=events)
        groups.append(LogGroup(logs, function, function, 0))

    show_new_events(groups)
    show_new_events(groups)

    assert [line.split()[1:] for line in capsys.readouterr().out.splitlines()] == [
        ["ingestion", "first"],
        ["query", "second"],
        ["ingestion", "third"],
    ]
