"""The functions' logs as a user sees them."""

import time
from typing import Any

import pytest

from ops.aws.access import Access
from ops.cli.command import main
from ops.operate.callers import Operator
from ops.operate.logs import LogGroup, show_new_events


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


@pytest.mark.parametrize("follow", ["0", "no", "FALSE"])
def test_no_lines_are_reported_with_their_functions_and_start(
    follow: str, access: Access, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    access.logs().create_log_group(logGroupName="/aws/lambda/data-query-dev")
    operator = Operator(access, {"QueryFunctionName": "data-query-dev"})
    monkeypatch.setattr("ops.cli.operating.find_operator", lambda *_: operator)
    monkeypatch.setattr(time, "time", lambda: 1_795_843_064.0 + 60 * 15)

    assert main(["logs", "--function=query", f"--follow={follow}"]) == 0

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no log lines of query since 2026-11-28T05:17:44+00:00; MINUTES= looks further back" in shown.err
