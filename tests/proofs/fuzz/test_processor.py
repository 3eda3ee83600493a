"""The processor, given messages that this project does not send: none blocks another, and none is dropped silently."""

import json
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from handlers.services.batch import BatchFailedError
from tests.handlers.moto_pipeline import PROCESSED_TABLE, Document, MotoPipeline, message, new_device, reading_message
from tests.proofs.fuzz.bad_json import READINGS, VALUES
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(900)]

MOMENT: Final = 1_795_428_930_123
BODIES: Final = (
    st.tuples(
        st.sampled_from(["1", "1.0", "2", '"1"', "true", "NaN", "1e0", ""]) | VALUES, VALUES, READINGS | VALUES
    ).map(
        lambda parts: f'{{"version":{parts[0]},"accepted_at":{parts[1]},"reading":{parts[2]},"readings":[{parts[2]}]}}'
    )
    | READINGS.map(lambda reading: f'{{"version":1,"accepted_at":{MOMENT},"reading":{reading}}}')
    | st.lists(READINGS, max_size=12).map(
        lambda readings: f'{{"version":2,"accepted_at":{MOMENT},"readings":[{",".join(readings)}]}}'
    )
    | st.tuples(READINGS, VALUES).map(
        lambda parts: f'{{"version":2,"accepted_at":{MOMENT},"readings":[{parts[0]},{parts[1]}]}}'
    )
    | VALUES.map(lambda value: f'{{"version":2,"accepted_at":{MOMENT},"readings":{value}}}')
    | VALUES
    | st.text(min_size=1, max_size=50)
    | st.sampled_from(["[" * 9_000, '{"a":' * 9_000, "9" * 9_000, "\x00", "\ufeff{}", '"' + "x" * 9_000 + '"'])
)
ODD_ATTRIBUTES: Final[list[dict[str, Any]]] = [
    {},
    {"correlation_id": {"binaryValue": "AAEC", "dataType": "Binary"}},
    {"correlation_id": {"stringValue": "7", "dataType": "Number"}},
    {"correlation_id": {"stringValue": "c" * 1_000, "dataType": "String.custom"}},
    {"other": {"stringValue": "x", "dataType": "String"}},
    {"correlation_id": {"dataType": "String"}},
]
"""Message attributes of other senders."""


@pytest.mark.parametrize("effort", EFFORTS)
def test_odd_messages(moto: MotoPipeline, figures: Figures, effort: Effort) -> None:
    def check(sent: list[tuple[str, int, dict[str, Any]]]) -> None:
        records = [record_of(*each) for each in sent]
        valid = new_device()
        response = moto.process(*records[:1], reading_message(valid, MOMENT, temp=1), *records[1:])

        assert len(moto.items_of(PROCESSED_TABLE, valid)) == 1
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        reasons = take_dead_letter_reasons(moto)
        for record in records:
            outcome = outcome_of(record, failed, reasons)
            figures.count(f"odd messages, {outcome}", held=outcome != "lost")
            assert outcome != "lost", record["body"][:500]

    each = st.tuples(BODIES, st.integers(1, 100), st.sampled_from(ODD_ATTRIBUTES))
    effort.explore(200, st.lists(each, min_size=4, max_size=20), check)


def record_of(body: str, receive_count: int, attributes: dict[str, Any]) -> Document:
    return message(body, receive_count) | {"messageAttributes": attributes}


def take_dead_letter_reasons(moto: MotoPipeline) -> dict[str, str]:
    """Take all messages out of the dead-letter queue; return their reasons by original message id."""
    reasons = {}
    for dead_letter in moto.dead_letters():
        attributes = dead_letter["MessageAttributes"]
        reasons[attributes["original_message_id"]["StringValue"]] = attributes["reason"]["StringValue"]
        moto.sqs.delete_message(QueueUrl=moto.dead_letter_queue_url, ReceiptHandle=dead_letter["ReceiptHandle"])
    return reasons


def outcome_of(record: Document, failed: set[str], reasons: dict[str, str]) -> str:
    """The outcome of a message."""
    identifier = record["messageId"]
    if identifier in failed:
        return "to be redelivered"
    if identifier in reasons:
        return "dead-lettered with the reason" if reasons[identifier] else "lost"
    return "processed" if is_valid_message(record["body"]) else "lost"


def is_valid_message(body: str) -> bool:
    """Whether a body may be a message, decided by other code than the processor's."""
    try:
        document = json.loads(body)
    except ValueError:
        return False
    if not isinstance(document, dict):
        return False
    readings = [document.get("reading")] if document.get("version") == 1 else document.get("readings")
    if document.get("version") not in (1, 2):
        return False
    return isinstance(readings, list) and all(isinstance(each, dict) and "device_id" in each for each in readings)


MALFORMED: Final[list[dict[str, Any]]] = [
    {"attributes": None},
    {"attributes": {}},
    {"attributes": {"ApproximateReceiveCount": "x"}},
    {"messageAttributes": None},
    {"messageAttributes": {"correlation_id": None}},
    {"body": None},
]
"""Records that SQS never sends, but a manual test in Lambda's console may."""


@pytest.mark.parametrize("change", MALFORMED, ids=str)
def test_a_malformed_record_does_not_affect_others(
    moto: MotoPipeline, figures: Figures, change: dict[str, Any]
) -> None:
    valid, odd = new_device(), message("?") | change

    response = moto.process(odd, reading_message(valid, MOMENT, temp=1))

    assert len(moto.items_of(PROCESSED_TABLE, valid)) == 1
    failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
    figures.count("malformed records", held=outcome_of(odd, failed, take_dead_letter_reasons(moto)) != "lost")


def test_an_empty_batch_succeeds(moto: MotoPipeline, figures: Figures) -> None:
    assert moto.process() == {"batchItemFailures": []}
    figures.count("empty batches")


def test_a_batch_of_odd_messages_fails_where_none_can_be_dead_lettered(moto: MotoPipeline, figures: Figures) -> None:
    moto.sqs.delete_queue(QueueUrl=moto.dead_letter_queue_url)

    with pytest.raises(BatchFailedError, match="all 2 messages failed"):
        moto.process(message("?"), message("["))
    figures.tried("odd messages kept when the dead-letter queue does not exist", 2)
