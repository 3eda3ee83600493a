"""Dead letters go back, all or chosen ones, and whatever happens meanwhile, none is lost and none stays hidden."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber
from moto import mock_aws

from ops import redrive
from ops.aws import Access
from ops.callers import Operator
from ops.commands import run
from ops.errors import OpsError
from ops.redriving.destination import Functions, IngestionQueue
from ops.redriving.holding import HeldLetters
from ops.redriving.letter import EVERY_LETTER, Choice, Letter
from ops.redriving.moving import Mover
from tests.proving import Figures

NAMES = {name: f"data-{name}-dev" for name in ("ingestion", "processor", "query")}


@dataclass
class Queues:
    """A dead-letter queue and the queue that its letters came from."""

    sqs: Any
    dead: str
    main: str

    def bury(self, *bodies: object, **attributes: str) -> list[str]:
        """Send dead letters; their ids."""
        typed = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        sent = [self.sqs.send_message(QueueUrl=self.dead, MessageBody=text, MessageAttributes=typed) for text in texts]
        return [each["MessageId"] for each in sent]

    def visible(self, url: str) -> list[str]:
        """The bodies of what can be received of a queue, which is then left visible."""
        found: list[Any] = []
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += messages
        for each in found:
            assert url == self.dead or "MessageAttributes" not in each
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0)
        return sorted(each["Body"] for each in found)

    def mover(self, on_letter: Callable[[Letter], None] = lambda _: None) -> Mover:
        """What moves them."""
        return Mover(HeldLetters(self.sqs, self.dead), IngestionQueue(self.sqs, self.main), on_letter)


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    monkeypatch.setattr("ops.redriving.holding._WAIT_SECONDS", 0)
    with mock_aws():
        sqs = Access("us-east-1").sqs()
        yield Queues(sqs, sqs.create_queue(QueueName="dlq")["QueueUrl"], sqs.create_queue(QueueName="main")["QueueUrl"])


@pytest.fixture
def command(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    outputs = {"DeadLetterQueueUrl": queues.dead, "AsyncDeadLetterQueueUrl": queues.dead}
    outputs |= {"IngestionQueueUrl": queues.main}
    outputs |= {f"{name.capitalize()}FunctionName": function for name, function in NAMES.items()}
    monkeypatch.setattr(redrive, "find_operator", lambda *_: Operator(Access("us-east-1"), outputs))
    return lambda *words: run(lambda: redrive.main(words))


def message(*devices: str) -> dict[str, Any]:
    return {"version": 2, "readings": [reading(device) for device in devices]}


def reading(device: str) -> dict[str, Any]:
    return {"device_id": device, "timestamp": 1, "sensor_data": {"temp": 1}}


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
    monkeypatch.setattr("ops.redriving.destination.BATCH_BYTES", 150)
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


def test_a_dry_run_lists_everything_but_the_payload(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (away,) = queues.bury(
        {"reading": {"device_id": "sensor-1", "secret": "payload"}}, reason="bad \x1b[31m", receive_count="2"
    )
    (moved,) = queues.bury({"reading": {"device_id": "no device!", "secret": "payload"}})
    (several,) = queues.bury({**message("a", "b", "a", "c", "no device!"), "secret": "payload"})

    assert command("--dry-run") == 0

    told = capsys.readouterr().out
    (first,) = (line for line in told.splitlines() if away in line)
    (second,) = (line for line in told.splitlines() if moved in line)
    (third,) = (line for line in told.splitlines() if several in line)
    assert first.split("  ")[2::2] == ["sensor-1", "2 receives"]
    assert first.endswith("  bad ?[31m")
    assert second.split("  ")[2::2] == ["-", "1 receives"]
    assert second.endswith("  received too often")
    assert third.split("  ")[2] == "a and 2 more"
    assert "Z  " in first
    assert "3 looked at, 3 would be moved; this was a dry run" in told
    assert "payload" not in told


def test_the_command_moves_what_is_chosen_and_counts(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_ = queues.bury(message("one"), message("two"), message("three"))

    assert command("--device", "one,two", "--limit", "5") == 0
    assert "3 looked at, 2 moved back" in capsys.readouterr().out
    assert command("--id", f"{first},unknown") == 1
    assert f"not found: {first}, unknown" in capsys.readouterr().out


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "120001"])
def test_all_mistakes_are_told_at_once(
    limit: str, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--limit", limit, "--queue", "other", "--function", "none") == 1

    told = capsys.readouterr().err
    assert f"LIMIT={limit}: a whole number from 1 to 120000 (what SQS lets be held)\n" in told
    assert "QUEUE=other: there are ingestion, async" in told
    assert "FUNCTION=none: there are ingestion, processor, query" in told


@pytest.mark.parametrize("name", ["id", "device", "reason"])
@pytest.mark.parametrize("value", ["", ",", " , "])
def test_an_empty_choice_is_refused_and_moves_nothing(
    name: str, value: str, queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    queues.bury("a")

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
        (("--dry-run", "false"), 1, ["a"]),
    ],
)
def test_a_dry_run_is_what_says_so(
    words: tuple[str, ...], code: int, left: list[str], queues: Queues, command: Callable[..., int]
) -> None:
    queues.bury("a")

    assert command(*words) == code
    assert queues.visible(queues.dead) == left


def test_a_letter_that_comes_back_meanwhile_counts_once(
    queues: Queues, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queues.bury("a", "b")
    send = IngestionQueue.send

    def and_back(self: IngestionQueue, letters: list[Letter]) -> Iterator[Any]:
        for arrived in send(self, letters):
            for letter, new_id in arrived:
                queues.bury(letter.body, reason="still", original_message_id=new_id)
            yield arrived

    monkeypatch.setattr(IngestionQueue, "send", and_back)

    assert command() == 1
    told = capsys.readouterr().out
    assert "2 looked at, 2 moved back" in told
    assert "2 of them are dead letters again" in told


def test_what_does_not_go_together_is_refused(command: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--function", "query") == 1
    assert "FUNCTION= goes with QUEUE=async alone" in capsys.readouterr().err
    assert command("--queue", "async", "--device", "a") == 1
    assert "DEVICE= does not go with QUEUE=async" in capsys.readouterr().err


EVENT = {"httpMethod": "POST", "requestContext": {"requestId": "1"}, "body": "{}"}


def envelope(function: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}:$LATEST"
    told = {"errorMessage": "it failed"}
    return {"requestContext": {"functionArn": arn}, "requestPayload": EVENT, "responsePayload": told}


def asynchronous(queues: Queues, client: Any, named: str | None = None) -> Mover:
    return Mover(HeldLetters(queues.sqs, queues.dead), Functions(client, list(NAMES.values()), named))


def invoked(stub: Stubber, function: str, payload: object) -> None:
    answer = {"StatusCode": 202, "Payload": StreamingBody(BytesIO(), 0), "ResponseMetadata": {"RequestId": "new"}}
    stub.add_response("invoke", answer, {"FunctionName": function, "InvocationType": "Event", "Payload": payload})


def test_an_event_in_an_envelope_goes_to_the_function_that_it_names(queues: Queues) -> None:
    body = json.dumps(envelope(NAMES["processor"])).replace('"{}"', "25.50")
    queues.bury(body)
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        invoked(stub, NAMES["processor"], json.dumps({**EVENT, "body": 0}).replace(" 0}", " 25.50}").encode())
        moved = asynchronous(queues, client).move(Choice(reasons=["it failed"]))
        stub.assert_no_pending_responses()

    assert len(moved.new_ids) == 1
    assert queues.visible(queues.dead) == []


def test_an_event_as_it_was_goes_to_the_function_that_the_operator_names(queues: Queues) -> None:
    queues.bury(EVENT, RequestID="1", ErrorCode="200", ErrorMessage="it failed")
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        invoked(stub, NAMES["query"], json.dumps(EVENT))
        moved = asynchronous(queues, client, NAMES["query"]).move(Choice(reasons=["it failed"]))

    assert len(moved.new_ids) == 1


@pytest.mark.parametrize(
    ("body", "named", "why"),
    [
        (EVENT, None, "does not tell whose event it was: name the function"),
        ("[" * 100_000, None, "does not tell whose event it was"),
        (envelope("another"), None, "was for a function that is not this environment's"),
        (envelope("another"), NAMES["query"], "was for a function that is not this environment's"),
        (envelope(NAMES["processor"]), NAMES["query"], f"was for {NAMES['processor']}"),
    ],
)
def test_an_event_whose_function_is_not_known_stays(body: object, named: str | None, why: str, queues: Queues) -> None:
    queues.bury(body)
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client):
        moved = asynchronous(queues, client, named).move(EVERY_LETTER)

    assert [reason.startswith(why) for _, reason in moved.refused] == [True]
    assert len(queues.visible(queues.dead)) == 1


def test_an_event_that_lambda_does_not_take_stays(queues: Queues) -> None:
    queues.bury(envelope(NAMES["query"]))
    client = boto3.client("lambda", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "TooManyRequestsException", expected_params=dict.fromkeys(INVOKE, ANY))
        with pytest.raises(client.exceptions.TooManyRequestsException):
            asynchronous(queues, client).move(EVERY_LETTER)

    assert len(queues.visible(queues.dead)) == 1


INVOKE = ("FunctionName", "InvocationType", "Payload")


def test_the_command_tells_what_it_cannot_tell(
    queues: Queues, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (message_id,) = queues.bury(EVENT)

    assert command("--queue", "async", "--dry-run") == 1
    assert f"{message_id} stays: it does not tell whose event it was" in capsys.readouterr().out


def test_a_letter_does_not_show_its_body_by_accident(queues: Queues) -> None:
    queues.bury("secret")
    (letter,) = next(HeldLetters(queues.sqs, queues.dead).batches())

    assert "secret" not in repr(letter)
