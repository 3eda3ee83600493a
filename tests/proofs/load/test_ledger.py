"""The account of a load: nothing lost or doubled goes unseen, and a client repeats what the contract lets it repeat."""

import json
from collections import Counter
from decimal import Decimal
from itertools import islice

import pytest
from typing_extensions import override

from ops.aws.access import Access
from ops.aws.api_client import Answer, ApiClient
from ops.operate.load import __main__ as command
from ops.operate.load.generator import batches
from ops.operate.load.ledger import Ledger, Sent
from ops.operate.load.report import make_report, percentile
from ops.operate.load.sender import ATTEMPTS, Sender, pause_seconds
from ops.operate.load.stored import Stored
from ops.project.errors import OpsError

ONE, TWO, THREE = (Sent("a", number) for number in (1, 2, 3))
OK = Answer(200, '{"accepted": 2, "rejected": []}', {})


class Scripted(ApiClient):
    """An API that gives the answers of a script, None being none."""

    def __init__(self, *answers: Answer | None) -> None:
        super().__init__("https://example.test", Access("us-east-1"))
        object.__setattr__(self, "answers", list(answers))
        object.__setattr__(self, "bodies", [])

    answers: list[Answer | None]
    bodies: list[object]

    @override
    def post(self, path: str, document: object) -> Answer:
        self.bodies.append((path, document))
        answer = self.answers.pop(0)
        if answer is None:
            raise OpsError("no answer")
        return answer


def send(*answers: Answer | None) -> tuple[Ledger, list[float], Scripted]:
    ledger, pauses, api = Ledger(), list[float](), Scripted(*answers)
    Sender(api, ledger, pauses.append).send({ONE: {"n": 1}, TWO: {"n": 2}})
    return ledger, pauses, api


def stored(raw: dict[Sent, int], processed: dict[Sent, int]) -> Stored:
    return Stored(Counter(raw), Counter(processed), dict.fromkeys(raw, 10.0), dict.fromkeys(processed, 25.0))


def test_what_is_answered_for_is_accepted() -> None:
    ledger, pauses, api = send(OK)

    assert (ledger.accepted, ledger.refused, ledger.unknown, pauses) == ({ONE, TWO}, {}, set(), [])
    assert api.bodies == [("/ingest", {"readings": [{"n": 1}, {"n": 2}]})]


def test_what_may_be_answered_otherwise_later_is_sent_again() -> None:
    ledger, pauses, api = send(
        Answer(429, "", {"retry-after": "3"}), None, Answer(503, "", {}), Answer(500, "", {}), OK
    )

    assert ledger.accepted == {ONE, TWO}
    assert ledger.answers == {"429": 1, "no answer": 1, "503": 1, "500": 1, "200": 1}
    assert len(pauses) == 4
    assert pauses[0] >= 3
    assert len({json.dumps(body) for body in api.bodies}) == 1  # the same readings, at the same times


def test_a_refusal_is_final() -> None:
    ledger, _, api = send(Answer(400, "", {}))

    assert ledger.refused == {ONE: "400", TWO: "400"}
    assert len(api.bodies) == 1


def test_of_a_batch_each_reading_has_its_own_fate() -> None:
    ledger, *_ = send(Answer(207, '{"accepted": 1, "rejected": [{"index": 1, "error": {}}]}', {}))

    assert ledger.accepted == {ONE}
    assert ledger.refused == {TWO: "rejected in a batch"}


def test_what_never_has_an_answer_is_unknown() -> None:
    ledger, *_ = send(*[None] * ATTEMPTS)

    assert ledger.unknown == {ONE, TWO}
    assert not ledger.accepted


def test_a_pause_is_what_was_asked_for_and_grows_to_its_bound() -> None:
    assert 2 <= pause_seconds(Answer(429, "", {"retry-after": "2"}), 0) <= 2.25
    assert 0 <= pause_seconds(None, 0) <= 0.25
    assert pause_seconds(Answer(503, "", {"retry-after": "60"}), 3) == 15


def test_a_sound_run() -> None:
    ledger = Ledger(accepted={ONE, TWO}, refused={THREE: "400"}, seconds=[0.2, 0.1])
    report = make_report(ledger, stored({ONE: 1, TWO: 1}, {ONE: 1, TWO: 1}), 2.0)

    assert report.is_sound()
    text = "\n".join(report.lines())
    for line in (
        "accepted   2",
        "processed  2",
        "lost       0",
        "doubled    0",
        "refused    400: 1",
        "lag        p50 15, p90 15, p99 15, max 15 ms (received to processed)",
        "rate       1.0 readings a second for 2.0 s",
    ):
        assert line in text


@pytest.mark.parametrize(
    ("raw", "processed", "lost", "doubled"),
    [
        ({ONE: 1}, {ONE: 1, TWO: 1}, (TWO,), 0),
        ({ONE: 1, TWO: 1}, {ONE: 1}, (TWO,), 0),
        ({ONE: 1, TWO: 1}, {ONE: 1, TWO: 2}, (), 1),
        ({ONE: 1, TWO: 1, THREE: 1}, {ONE: 1, TWO: 1}, (), 1),
    ],
    ids=["not raw", "not processed", "processed twice", "sent by nobody"],
)
def test_what_is_lost_or_doubled_is_found(
    raw: dict[Sent, int], processed: dict[Sent, int], lost: tuple[Sent, ...], doubled: int
) -> None:
    report = make_report(Ledger(accepted={ONE, TWO}), stored(raw, processed), 1.0)

    assert (report.lost, report.doubled) == (lost, doubled)
    assert not report.is_sound()
    assert ("such as a 2" in "\n".join(report.lines())) == bool(lost)


def test_a_refused_reading_that_is_stored_is_a_fault() -> None:
    report = make_report(Ledger(accepted={ONE}, refused={TWO: "400"}), stored({ONE: 1, TWO: 1}, {ONE: 1}), 1.0)

    assert not report.is_sound()
    assert "refused, and stored all the same: 1" in "\n".join(report.lines())


def test_a_reading_without_an_answer_may_be_there_or_not() -> None:
    ledger = Ledger(accepted={ONE}, unknown={TWO, THREE})

    assert make_report(ledger, stored({ONE: 1, TWO: 1}, {ONE: 1, TWO: 1}), 1.0).is_sound()


def test_nothing_sent_is_not_sound() -> None:
    report = make_report(Ledger(), Stored(), 1.0)

    assert not report.is_sound()
    assert "lag        none (received to processed)" in "\n".join(report.lines())


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 201)]

    assert [percentile(values, share) for share in (50, 90, 99)] == [100, 180, 198]
    assert percentile([7.0], 99) == 7


def test_no_two_readings_of_a_run_are_alike() -> None:
    made = [name for batch in islice(batches(["a", "b"], 100), 40) for name in batch]

    assert len(made) == len(set(made)) == 4000
    assert [name.device_id for name in made[:101:100]] == ["a", "b"]


def test_a_readings_value_is_a_decimal_of_two_places() -> None:
    values = [document["sensor_data"]["temp"] for document in next(batches(["a"], 100)).values()]

    assert {type(value) for value in values} == {Decimal}
    assert {value.as_tuple().exponent for value in values} == {-2}
    assert all(15 <= value <= 30 for value in values)


def test_what_cannot_be_is_refused_at_once() -> None:
    with pytest.raises(OpsError) as refused:
        command.main(["--devices", "0", "--batch", "101"])
    assert str(refused.value).splitlines() == [
        "DEVICES=0: a whole number from 1 to 10000",
        "BATCH=101: a whole number from 1 to 100",
    ]
