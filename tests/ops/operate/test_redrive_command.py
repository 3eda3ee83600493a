"""`make redrive`: its options, what it moves, and what it prints."""

from collections.abc import Callable

import pytest

from ops.operate.redriving.dead_letters import DeadLetter
from ops.operate.redriving.destinations import IngestionQueue
from tests.ops.operate.queues import Queues, message


def test_a_dry_run_lists_everything_but_the_payload(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (away,) = queues.send_dead_letters(
        {"reading": {"device_id": "sensor-1", "secret": "payload"}}, reason="bad \x1b[31m", receive_count="2"
    )
    (moved,) = queues.send_dead_letters({"reading": {"device_id": "no device!", "secret": "payload"}})
    (several,) = queues.send_dead_letters({**message("a", "b", "a", "c", "no device!"), "secret": "payload"})

    assert command("--dry-run") == 0

    printed = capsys.readouterr().out
    (first,) = (line for line in printed.splitlines() if away in line)
    (second,) = (line for line in printed.splitlines() if moved in line)
    (third,) = (line for line in printed.splitlines() if several in line)
    assert first.split("  ")[2::2] == ["sensor-1", "2 receives"]
    assert first.endswith("  bad ?[31m")
    assert second.split("  ")[2::2] == ["-", "1 receives"]
    assert second.endswith("  received too often")
    assert third.split("  ")[2] == "a and 2 more"
    assert "Z  " in first
    assert "3 looked at, 3 would be moved; this was a dry run" in printed
    assert "payload" not in printed


def test_the_command_moves_what_is_chosen_and_counts(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_ = queues.send_dead_letters(message("one"), message("two"), message("three"))

    assert command("--device", "one,two", "--limit", "5") == 0
    assert "3 looked at, 2 moved back" in capsys.readouterr().out
    assert command("--id", f"{first},unknown") == 1
    assert f"not found: {first}, unknown" in capsys.readouterr().out


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "120001"])
def test_all_mistakes_are_reported_at_once(
    limit: str, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--limit", limit, "--queue", "other", "--function", "none") == 1

    printed = capsys.readouterr().err
    assert f"LIMIT={limit}: a whole number from 1 to 120000 (what SQS lets be held)\n" in printed
    assert "QUEUE=other: there are ingestion, async" in printed
    assert "FUNCTION=none: there are ingestion, processor, query" in printed


@pytest.mark.parametrize("name", ["id", "device", "reason"])
@pytest.mark.parametrize("value", ["", ",", " , "])
def test_an_empty_choice_is_refused_and_moves_nothing(
    name: str, value: str, queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    queues.send_dead_letters("a")

    assert command(f"--{name}", value) == 1
    assert f"{name.upper()}={value}: it names none; leave {name.upper()} out to mean all" in capsys.readouterr().err
    assert queues.visible(queues.dead) == ["a"]


@pytest.mark.parametrize(
    ("words", "code", "left"),
    [
        ((), 0, []),
        (("--dry-run",), 0, ["a"]),
        (("--dry-run", "1"), 0, ["a"]),
        (("--dry-run", "yes"), 0, ["a"]),
        (("--dry-run", "0"), 0, []),
        (("--dry-run", "no"), 0, []),
        (("--dry-run", ""), 1, ["a"]),
        (("--dry-run", "false"), 0, []),
        (("--dry-run", "TRUE"), 0, ["a"]),
        (("--dry-run", "off"), 1, ["a"]),
    ],
)
def test_the_values_of_the_dry_run_switch(
    words: tuple[str, ...], code: int, left: list[str], queues: Queues, command: Callable[..., int]
) -> None:
    queues.send_dead_letters("a")

    assert command(*words) == code
    assert queues.visible(queues.dead) == left


def test_a_message_that_fails_again_meanwhile_counts_once(
    queues: Queues, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queues.send_dead_letters("a", "b")
    send = IngestionQueue.send

    def fail_again(self: IngestionQueue, message: DeadLetter) -> str:
        new_id = send(self, message)
        queues.send_dead_letters(message.body, reason="still", original_message_id=new_id)
        return new_id

    monkeypatch.setattr(IngestionQueue, "send", fail_again)

    assert command() == 1
    printed = capsys.readouterr().out
    assert "2 looked at, 2 moved back" in printed
    assert "2 of them are dead letters again" in printed


def test_options_that_exclude_each_other_are_refused(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--function", "query") == 1
    assert "FUNCTION= goes with QUEUE=async alone" in capsys.readouterr().err
    assert command("--queue", "async", "--device", "a") == 1
    assert "DEVICE= does not go with QUEUE=async" in capsys.readouterr().err
