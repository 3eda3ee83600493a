"""Redriving moves all messages or chosen ones. Whatever fails, none is lost and none stays invisible."""

import json
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.operate.redriving.dead_letters import Choice, DeadLetter
from ops.operate.redriving.moving import DeadLetterQueue
from tests.ops.operate.queues import Queues, message, reading
from tests.support.proving import Figures


def test_all_messages_are_moved_without_their_reason_attribute(queues: Queues) -> None:
    queues.send_dead_letters(*(f"{number:02}" for number in range(12)), reason="why")

    moved = queues.redrive()

    assert (len(moved.seen), moved.chosen, len(moved.new_ids)) == (12, 12, 12)
    assert queues.visible(queues.main) == [f"{number:02}" for number in range(12)]
    assert queues.visible(queues.dead) == []


def test_the_limit_is_kept_and_the_other_messages_are_visible_at_once(queues: Queues) -> None:
    queues.send_dead_letters("a", "b", "c")

    assert len(queues.redrive(limit=2).new_ids) == 2
    assert len(queues.visible(queues.main)) == 2
    assert len(queues.visible(queues.dead)) == 1


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(devices=["one", "two"]), {"one", "two"}),
        (Choice(reasons=["NOT JSON"]), {"three"}),
        (Choice(reasons=["not json", "too often"]), {"one", "two", "three"}),
        (Choice(devices=["one", "three"], reasons=["not json"]), {"three"}),
        (Choice(devices=["none"]), set()),
    ],
)
def test_chosen_messages_are_moved_and_the_others_are_visible_at_once(
    choice: Choice, expected: set[str], queues: Queues
) -> None:
    queues.send_dead_letters(message("one"), message("two"))
    queues.send_dead_letters(message("three"), reason="it is not JSON")

    moved = queues.redrive(choice)

    assert queues.visible(queues.main) == sorted(json.dumps(message(device)) for device in expected)
    assert len(queues.visible(queues.dead)) == 3 - len(expected)
    assert len(moved.seen) == 3


def test_bodies_keep_every_digit_and_an_ambiguous_body_names_no_device(queues: Queues) -> None:
    digits = '{"reading": {"device_id": "a", "sensor_data": {"temp": 52.123456789012345678, "exact": 1.50}}}'
    twice = '{"reading": {"device_id": "a"}, "reading": {"device_id": "b"}}'
    queues.send_dead_letters(digits, twice)
    shown: list[DeadLetter] = []

    queues.redrive(report=shown.append)

    assert queues.visible(queues.main) == sorted([digits, twice])
    assert {message.body: message.devices for message in shown} == {digits: ("a",), twice: ()}


@pytest.mark.parametrize("device", ["one", "two", "four"])
def test_a_device_chooses_each_message_with_a_reading_of_it(device: str, queues: Queues) -> None:
    holding = [message("one", "two", "one"), {"version": 1, "reading": reading("one")}, message("four", "two")]
    queues.send_dead_letters(
        *holding, message("three"), {"readings": "two"}, {"readings": ["two", None, {"device_id": 2}]}
    )

    moved = queues.redrive(Choice(devices=[device]))

    expected = sorted(text for text in map(json.dumps, holding) if f'"{device}"' in text)
    assert queues.visible(queues.main) == expected
    assert len(moved.seen) == 6
    assert len(queues.visible(queues.dead)) == 6 - len(expected)


def test_message_ids_choose(queues: Queues) -> None:
    first, _, third = queues.send_dead_letters("a", "b", "c")

    queues.redrive(Choice(message_ids=[first, third]))

    assert queues.visible(queues.main) == ["a", "c"]
    assert queues.visible(queues.dead) == ["b"]


def test_a_dry_run_moves_nothing_and_leaves_all_messages_visible(queues: Queues) -> None:
    queues.send_dead_letters("a", "b")

    moved = queues.redrive(dry_run=True)

    assert (moved.chosen, moved.new_ids) == (2, set())
    assert queues.visible(queues.dead) == ["a", "b"]
    assert queues.visible(queues.main) == []


def test_a_message_that_cannot_be_sent_stays_and_is_visible_at_once(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.send_dead_letters("a", "b")
    send = queues.sqs.send_message

    def fail_for_b(QueueUrl: str, MessageBody: str) -> Any:  # noqa: N803  # boto3's names
        if MessageBody == "b":
            raise ClientError({"Error": {"Code": "InternalError"}}, "SendMessage")
        return send(QueueUrl=QueueUrl, MessageBody=MessageBody)

    monkeypatch.setattr(queues.sqs, "send_message", fail_for_b)

    with pytest.raises(ClientError, match="InternalError"):
        queues.redrive()
    assert queues.visible(queues.main) == ["a"]
    assert queues.visible(queues.dead) == ["b"]


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize(
    "operation",
    ["receive_message", "send_message", "delete_message", "change_message_visibility_batch"],
)
@pytest.mark.parametrize("done", [False, True])
def test_an_interrupt_at_any_call_loses_nothing(
    operation: str, queues: Queues, figures: Figures, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    queues.send_dead_letters(*"abcdefghijkl")
    call, calls = getattr(queues.sqs, operation), count()

    def interrupted(**arguments: object) -> Any:
        first = next(calls) == 0
        answer = call(**arguments) if done or not first else None
        if first:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(queues.sqs, operation, interrupted)
    with pytest.raises(KeyboardInterrupt):
        queues.redrive(limit=11)
    monkeypatch.undo()
    _end_visibility_timeouts()

    assert set(queues.visible(queues.main) + queues.visible(queues.dead)) == set("abcdefghijkl")
    figures.count("redrives interrupted at a call: nothing lost")


def _end_visibility_timeouts() -> None:
    """Make all messages visible, as two minutes later, when visibility timeouts that an interrupt left have ended."""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415  # moto's internals: no SQS call can do this

    queue = sqs_backends["123456789012"]["us-east-1"].get_queue("dlq")
    for each in queue._messages:  # noqa: SLF001  # the same
        each.change_visibility(0)
        queue.pending_messages.discard(each)


def test_after_an_interrupt_between_calls_the_other_messages_are_visible_at_once(queues: Queues) -> None:
    queues.send_dead_letters(*"abc")

    def interrupt(_: DeadLetter) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        queues.redrive(report=interrupt)
    assert queues.visible(queues.dead) == ["a", "b", "c"]


def test_messages_that_fail_again_meanwhile_are_counted_and_not_moved_again(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.send_dead_letters("a", "a", "b")
    send = queues.sqs.send_message

    def fail_again(**arguments: Any) -> Any:
        answer = send(**arguments)
        if arguments["QueueUrl"] == queues.main:
            queues.send_dead_letters(arguments["MessageBody"], reason="still", original_message_id=answer["MessageId"])
        return answer

    monkeypatch.setattr(queues.sqs, "send_message", fail_again)
    moved = queues.redrive()

    assert (len(moved.new_ids), moved.returned) == (3, 3)
    assert queues.visible(queues.dead) == ["a", "a", "b"]


def test_the_repr_of_a_message_does_not_contain_its_body(queues: Queues) -> None:
    queues.send_dead_letters("secret")
    (message,) = next(DeadLetterQueue(queues.sqs, queues.dead).receive())

    assert "secret" not in repr(message)
