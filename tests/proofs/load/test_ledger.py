"""The ledger of a load finds every lost or doubled reading; a client repeats what the API contract lets it repeat."""

import json
from decimal import Decimal
from itertools import islice

import pytest
from typing_extensions import override

from ops.aws.access import Access
from ops.aws.api_client import Answer, ApiClient
from ops.operate.load.generator import batches
from ops.operate.load.ledger import Items, Ledger, Reading
from ops.operate.load.load_report import Report
from ops.operate.load.sending import ATTEMPTS, pause_seconds, send_batch
from ops.project.errors import OpsError

ONE, TWO, THREE = (Reading("a", number) for number in (1, 2, 3))
OK = Answer(200, '{"accepted": 2, "rejected": []}', {})


class ScriptedApi(ApiClient):
    """An API that gives these answers one after the other; None is no answer."""

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


def send(*answers: Answer | None) -> tuple[Ledger, list[float], ScriptedApi]:
    ledger, pauses, api = Ledger(), list[float](), ScriptedApi(*answers)
    send_batch(api, {ONE: {"n": 1}, TWO: {"n": 2}}, ledger, pauses.append)
    return ledger, pauses, api


def items(counts: dict[Reading, int], written: float) -> Items:
    """So many items of each reading, all written at one time."""
    return {reading: [written] * count for reading, count in counts.items()}


def report_of(ledger: Ledger, raw: dict[Reading, int], processed: dict[Reading, int], seconds: float = 1.0) -> Report:
    return Report(ledger, items(raw, 10.0), items(processed, 25.0), seconds)


def test_readings_of_a_200_are_accepted() -> None:
    ledger, pauses, api = send(OK)

    assert (ledger.accepted, ledger.refused, ledger.unknown, pauses) == ({ONE, TWO}, {}, set(), [])
    assert api.bodies == [("/ingest", {"readings": [{"n": 1}, {"n": 2}]})]


def test_a_request_that_failed_for_a_transient_reason_is_sent_again() -> None:
    ledger, pauses, api = send(
        Answer(429, "", {"retry-after": "3"}), None, Answer(503, "", {}), Answer(500, "", {}), OK
    )

    assert ledger.accepted == {ONE, TWO}
    assert ledger.answers == {"429": 1, "no answer": 1, "503": 1, "500": 1, "200": 1}
    assert len(pauses) == 4
    assert pauses[0] >= 3
    assert len({json.dumps(body) for body in api.bodies}) == 1  # the same readings, with the same timestamps


def test_a_refusal_is_final() -> None:
    ledger, _, api = send(Answer(400, "", {}))

    assert ledger.refused == {ONE: "400", TWO: "400"}
    assert len(api.bodies) == 1


def test_a_partly_accepted_batch_is_recorded_reading_by_reading() -> None:
    ledger, *_ = send(Answer(207, '{"accepted": 1, "rejected": [{"index": 1, "error": {}}]}', {}))

    assert ledger.accepted == {ONE}
    assert ledger.refused == {TWO: "rejected in a batch"}


def test_readings_that_never_get_a_final_answer_are_unknown() -> None:
    ledger, *_ = send(*[None] * ATTEMPTS)

    assert ledger.unknown == {ONE, TWO}
    assert not ledger.accepted


def test_a_pause_is_at_least_retry_after_and_grows_to_its_maximum() -> None:
    assert 2 <= pause_seconds(Answer(429, "", {"retry-after": "2"}), 0) <= 2.25
    assert 0 <= pause_seconds(None, 0) <= 0.25
    assert pause_seconds(Answer(503, "", {"retry-after": "60"}), 3) == 15


def test_the_ledgers_of_all_clients_add_up() -> None:
    total = Ledger()
    total.add(send(OK)[0])
    total.add(send(Answer(503, "", {}), Answer(400, "", {}))[0])
    total.add(Ledger(unknown={THREE}))

    assert (total.accepted, total.refused, total.unknown) == ({ONE, TWO}, {ONE: "400", TWO: "400"}, {THREE})
    assert total.answers == {"200": 1, "503": 1, "400": 1}
    assert len(total.seconds) == 3
    assert total.sent() == {ONE, TWO, THREE}


def test_a_sound_load() -> None:
    ledger = Ledger(accepted={ONE, TWO}, refused={THREE: "400"}, seconds=[0.2, 0.1])
    report = report_of(ledger, {ONE: 1, TWO: 1}, {ONE: 1, TWO: 1}, 2.0)

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
        ({ONE: 1}, {ONE: 1, TWO: 1}, [TWO], 0),
        ({ONE: 1, TWO: 1}, {ONE: 1}, [TWO], 0),
        ({ONE: 1, TWO: 1}, {ONE: 1, TWO: 2}, [], 1),
        ({ONE: 1, TWO: 1, THREE: 1}, {ONE: 1, TWO: 1}, [], 1),
    ],
    ids=["not raw", "not processed", "processed twice", "sent by nobody"],
)
def test_lost_and_doubled_readings_are_found(
    raw: dict[Reading, int], processed: dict[Reading, int], lost: list[Reading], doubled: int
) -> None:
    report = report_of(Ledger(accepted={ONE, TWO}), raw, processed)

    assert (report.lost, report.doubled) == (lost, doubled)
    assert not report.is_sound()
    assert ("such as a 2" in "\n".join(report.lines())) == bool(lost)


def test_a_refused_reading_that_is_stored_is_a_fault() -> None:
    report = report_of(Ledger(accepted={ONE}, refused={TWO: "400"}), {ONE: 1, TWO: 1}, {ONE: 1})

    assert not report.is_sound()
    assert "refused, and stored all the same: 1" in "\n".join(report.lines())


def test_a_reading_without_a_final_answer_may_be_stored_or_not() -> None:
    ledger = Ledger(accepted={ONE}, unknown={TWO, THREE})

    assert report_of(ledger, {ONE: 1, TWO: 1}, {ONE: 1, TWO: 1}).is_sound()


def test_a_load_that_sent_nothing_is_not_sound() -> None:
    report = report_of(Ledger(), {}, {})

    assert not report.is_sound()
    assert "lag        none (received to processed)" in "\n".join(report.lines())


@pytest.mark.parametrize(
    ("values", "percentiles"),
    [(range(1, 201), "p50 100, p90 180, p99 198, max 200 ms"), ([7], "p50 7, p90 7, p99 7, max 7 ms")],
)
def test_percentiles_are_values_that_were_measured(values: list[int], percentiles: str) -> None:
    report = report_of(Ledger(seconds=[value / 1000 for value in values]), {}, {})

    assert f"answer     {percentiles}" in "\n".join(report.lines())


def test_no_two_readings_of_a_load_are_alike() -> None:
    made = [reading for batch in islice(batches(["a", "b"], 100), 40) for reading in batch]

    assert len(made) == len(set(made)) == 4000
    assert [reading.device_id for reading in made[:101:100]] == ["a", "b"]


def test_a_readings_value_is_a_decimal_of_two_places() -> None:
    values = [document["sensor_data"]["temp"] for document in next(batches(["a"], 100)).values()]

    assert {type(value) for value in values} == {Decimal}
    assert {value.as_tuple().exponent for value in values} == {-2}
    assert all(15 <= value <= 30 for value in values)
