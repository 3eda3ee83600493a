"""Dead letters go back, all or chosen ones, and whatever happens meanwhile, none is lost and none stays hidden."""

import json
from typing import Any

import pytest

from ops.operate.redriving.holding import HeldLetters
from ops.operate.redriving.letter import EVERY_LETTER, Choice, Letter
from ops.project.errors import OpsError
from tests.ops.operate.queues import Queues, message, reading
from tests.support.proving import Figures


def test_all_go_back_without_what_told_their_reason(queues: Queues) -> None:
    queues.bury(*(f"{number:02}" for number in range(12)), reason="why")

    moved = queues.mover().move(EVERY_LETTER)

    assert (len(moved.seen), moved.chosen, len(moved.new_ids)) == (12, 12, 12)
    assert queues.visible(queues.main) == [f"{number:02}" for number in range(12)]
    assert queues.visible(queues.dead) == []


def test_no_more_go_back_than_the_limit_and_the_others_are_visible_at_once(queues: Queues) -> None:
    queues.bury("a", "b", "c")

    assert len(queues.mover().move(EVERY_LETTER, 2).new_ids) == 2
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
def test_chosen_ones_go_back_and_the_others_are_visible_at_once(
    choice: Choice, expected: set[str], queues: Queues
) -> None:
    queues.bury(message("one"), message("two"))
    queues.bury(message("three"), reason="it is not JSON")

    moved = queues.mover().move(choice)

    assert queues.visible(queues.main) == sorted(json.dumps(message(device)) for device in expected)
    assert len(queues.visible(queues.dead)) == 3 - len(expected)
    assert len(moved.seen) == 3


def test_what_goes_back_has_every_digit_and_what_can_be_read_in_two_ways_is_not_read(queues: Queues) -> None:
    digits = '{"reading": {"device_id": "a", "sensor_data": {"temp": 52.123456789012345678, "exact": 1.50}}}'
    twice = '{"reading": {"device_id": "a"}, "reading": {"device_id": "b"}}'
    queues.bury(digits, twice)
    shown: list[Letter] = []

    queues.mover(shown.append).move(EVERY_LETTER)

    assert queues.visible(queues.main) == sorted([digits, twice])
    assert {letter.body: letter.devices for letter in shown} == {digits: ("a",), twice: ()}


@pytest.mark.parametrize("device", ["one", "two", "four"])
def test_a_device_chooses_each_message_that_holds_a_reading_of_it(device: str, queues: Queues) -> None:
    holding = [message("one", "two", "one"), {"version": 1, "reading": reading("one")}, message("four", "two")]
    queues.bury(*holding, message("three"), {"readings": "two"}, {"readings": ["two", None, {"device_id": 2}]})

    moved = queues.mover().move(Choice(devices=[device]))

    expected = sorted(text for text in map(json.dumps, holding) if f'"{device}"' in text)
    assert queues.visible(queues.main) == expected
    assert len(moved.seen) == 6
    assert len(queues.visible(queues.dead)) == 6 - len(expected)


def test_ids_choose(queues: Queues) -> None:
    first, _, third = queues.bury("a", "b", "c")

    queues.mover().move(Choice(message_ids=[first, third]))

    assert queues.visible(queues.main) == ["a", "c"]
    assert queues.visible(queues.dead) == ["b"]


def test_a_dry_run_moves_nothing_and_hides_nothing(queues: Queues) -> None:
    queues.bury("a", "b")

    moved = queues.mover().move(EVERY_LETTER, dry_run=True)

    assert (moved.chosen, moved.new_ids) == (2, set())
    assert queues.visible(queues.dead) == ["a", "b"]
    assert queues.visible(queues.main) == []


def test_messages_too_large_for_one_batch_go_in_several(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.operate.redriving.destination.BATCH_BYTES", 150)
    queues.bury(*(letter * 100 for letter in "abc"))

    assert len(queues.mover().move(EVERY_LETTER).new_ids) == 3
    assert queues.visible(queues.main) == [letter * 100 for letter in "abc"]


def test_what_could_not_be_sent_stays_and_is_visible_at_once(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    queues.bury("a", "b")
    send = queues.sqs.send_message_batch

    def half(QueueUrl: str, Entries: list[Any]) -> Any:  # noqa: N803  # boto3's names
        failed = [{"Id": entry["Id"], "Code": "InternalError", "SenderFault": False} for entry in Entries[1:]]
        return {**send(QueueUrl=QueueUrl, Entries=Entries[:1]), "Failed": failed}

    monkeypatch.setattr(queues.sqs, "send_message_batch", half)

    with pytest.raises(OpsError, match="1 messages could not be sent and stay dead letters: InternalError"):
        queues.mover().move(EVERY_LETTER)
    assert sorted(queues.visible(queues.main) + queues.visible(queues.dead)) == ["a", "b"]
    assert len(queues.visible(queues.dead)) == 1


@pytest.mark.proof("nothing lost")
@pytest.mark.parametrize(
    "operation",
    ["receive_message", "send_message_batch", "delete_message_batch", "change_message_visibility_batch"],
)
@pytest.mark.parametrize("done", [False, True])
def test_interrupted_at_any_call_nothing_is_lost(
    operation: str, queues: Queues, figures: Figures, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    queues.bury(*"abcdefghijkl")
    call = getattr(queues.sqs, operation)
    calls: list[str] = []

    def interrupted(**arguments: object) -> Any:
        calls.append(operation)
        answer = call(**arguments) if done or len(calls) != 1 else None
        if len(calls) == 1:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(queues.sqs, operation, interrupted)
    with pytest.raises(KeyboardInterrupt):
        queues.mover().move(Choice(), limit=11)
    monkeypatch.undo()
    _let_time_pass()

    assert set(queues.visible(queues.main) + queues.visible(queues.dead)) == set("abcdefghijkl")
    figures.count("redrives interrupted at a call: nothing lost")


def _let_time_pass() -> None:
    """Make visible what an interrupted release, or a receive whose answer nobody got, left hidden for two minutes."""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415  # moto's inside, for what no call of SQS's can do

    queue = sqs_backends["123456789012"]["us-east-1"].get_queue("dlq")
    for each in queue._messages:  # noqa: SLF001  # the same
        each.change_visibility(0)
        queue.pending_messages.discard(each)


def test_interrupted_between_calls_what_is_left_is_visible_at_once(queues: Queues) -> None:
    queues.bury(*"abc")

    def interrupt(_: Letter) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        queues.mover(interrupt).move(EVERY_LETTER)
    assert queues.visible(queues.dead) == ["a", "b", "c"]


def test_what_comes_back_meanwhile_does_not_go_round_for_ever(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    queues.bury("a", "a", "b")
    send = queues.sqs.send_message_batch

    def and_back(**arguments: Any) -> Any:
        answer = send(**arguments)
        for entry, told in zip(arguments["Entries"], answer["Successful"], strict=True):
            queues.bury(entry["MessageBody"], reason="still", original_message_id=told["MessageId"])
        return answer

    monkeypatch.setattr(queues.sqs, "send_message_batch", and_back)
    moved = queues.mover().move(EVERY_LETTER)

    assert (len(moved.new_ids), moved.returned) == (3, 3)
    assert queues.visible(queues.dead) == ["a", "a", "b"]


def test_a_letter_does_not_show_its_body_by_accident(queues: Queues) -> None:
    queues.bury("secret")
    (letter,) = next(HeldLetters(queues.sqs, queues.dead).batches())

    assert "secret" not in repr(letter)
