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


@pytest.mark.parametrize("name", ["id", "device", "reason"])
@pytest.mark.parametrize("value", ["", ",", " , "])
def test_an_empty_choice_is_refused_and_moves_nothing(
    name: str, value: str, queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    queues.send_dead_letters("a")

    assert command(f"--{name}={value}") == (1 if value else 2)
    why = f"{name.upper()}={value}: it has no value; leave {name.upper()} out to mean all"
    assert (why if value else f"--{name}=: it is empty; leave it out") in capsys.readouterr().err
    assert queues.visible(queues.dead) == ["a"]


@pytest.mark.parametrize(
    ("words", "code", "left"),
    [
        ((), 0, []),
        (("--dry-run",), 0, ["a"]),
        (("--dry-run=1",), 0, ["a"]),
        (("--dry-run=yes",), 0, ["a"]),
        (("--dry-run=0",), 0, []),
        (("--dry-run=no",), 0, []),
        (("--no-dry-run",), 0, []),
        (("--dry-run=",), 2, ["a"]),
        (("--dry-run=false",), 0, []),
        (("--dry-run=TRUE",), 0, ["a"]),
        (("--dry-run=off",), 2, ["a"]),
        (("--dry-run", "yes"), 2, ["a"]),
    ],
)
def test_a_dry_run_moves_nothing(
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
    assert "2 of them are dead-lettered again" in printed


def test_contradictions_are_refused_all_at_once(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--function=query", "--id=,", "--reason= ,") == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: ID=,: it has no value; leave ID out to mean all",
        "REASON= ,: it has no value; leave REASON out to mean all",
        "FUNCTION= requires QUEUE=async: the ingestion queue's messages are the processor's",
    ]
    assert command("--queue", "async", "--device", "a") == 1
    assert "DEVICE= does not go with QUEUE=async" in capsys.readouterr().err
