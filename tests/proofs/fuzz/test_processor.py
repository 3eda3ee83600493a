"""The processor, given messages that nobody of ours has sent: none holds back another, none goes without a word."""

import json
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from handlers.services.batch import BatchFailedError
from tests.handlers.moto_pipeline import PROCESSED_TABLE, Document, MotoPipeline, message, new_device, reading_message
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.proofs.fuzz.texts import READINGS, VALUES
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
"""Message attributes as senders of all kinds set them."""


@pytest.mark.parametrize("effort", EFFORTS)
def test_odd_messages(moto: MotoPipeline, figures: Figures, effort: Effort) -> None:
    def check(sent: list[tuple[str, int, dict[str, Any]]]) -> None:
        records = [record_of(*each) for each in sent]
        good = new_device()
        response = moto.process(*records[:1], reading_message(good, MOMENT, temp=1), *records[1:])

        assert len(moto.items_of(PROCESSED_TABLE, good)) == 1
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        letters = taken_letters(moto)
        for record in records:
            fate = fate_of(record, failed, letters)
            figures.count(f"odd messages, {fate}", held=fate != "lost")
            assert fate != "lost", record["body"][:500]

    each = st.tuples(BODIES, st.integers(1, 100), st.sampled_from(ODD_ATTRIBUTES))
    effort.explore(200, st.lists(each, min_size=4, max_size=20), check)


def record_of(body: str, receive_count: int, attributes: dict[str, Any]) -> Document:
    return message(body, receive_count) | {"messageAttributes": attributes}


def taken_letters(moto: MotoPipeline) -> dict[str, str]:
    """The reasons in the dead-letter queue, by the message's id, taken from it."""
    reasons = {}
    for letter in moto.dead_letters():
        attributes = letter["MessageAttributes"]
        reasons[attributes["original_message_id"]["StringValue"]] = attributes["reason"]["StringValue"]
        moto.sqs.delete_message(QueueUrl=moto.dead_letter_queue_url, ReceiptHandle=letter["ReceiptHandle"])
    return reasons


def fate_of(record: Document, failed: set[str], reasons: dict[str, str]) -> str:
    """What became of a message."""
    identifier = record["messageId"]
    if identifier in failed:
        return "to come again"
    if identifier in reasons:
        return "sent away with the reason" if reasons[identifier] else "lost"
    return "processed" if is_ours(record["body"]) else "lost"


def is_ours(body: str) -> bool:
    """Tell, by other means than the processor's, whether a body may be a message."""
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


MISSHAPEN: Final[list[dict[str, Any]]] = [
    {"attributes": None},
    {"attributes": {}},
    {"attributes": {"ApproximateReceiveCount": "x"}},
    {"messageAttributes": None},
    {"messageAttributes": {"correlation_id": None}},
    {"body": None},
]
"""What SQS never sends; a test by hand in Lambda's console does."""


@pytest.mark.parametrize("change", MISSHAPEN, ids=str)
def test_a_misshapen_record_stays_alone(moto: MotoPipeline, figures: Figures, change: dict[str, Any]) -> None:
    good, odd = new_device(), message("?") | change

    response = moto.process(odd, reading_message(good, MOMENT, temp=1))

    assert len(moto.items_of(PROCESSED_TABLE, good)) == 1
    failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
    figures.count("misshapen records", held=fate_of(odd, failed, taken_letters(moto)) != "lost")


def test_an_empty_batch_is_no_failure(moto: MotoPipeline, figures: Figures) -> None:
    assert moto.process() == {"batchItemFailures": []}
    figures.count("empty batches")


def test_only_odd_messages_that_cannot_be_sent_away_fail_the_batch(moto: MotoPipeline, figures: Figures) -> None:
    moto.sqs.delete_queue(QueueUrl=moto.dead_letter_queue_url)

    with pytest.raises(BatchFailedError, match="all 2 messages failed"):
        moto.process(message("?"), message("["))
    figures.tried("odd messages kept where the dead-letter queue is gone", 2)
