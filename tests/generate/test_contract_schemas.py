"""The published schemas and the code that validates say the same."""

import json
import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from generate.openapi.gateway import gateway_model
from generate.openapi.schemas import QUERY_PARAMETERS, SCHEMAS
from handlers.contract import (
    MAXIMUM_BATCH_SIZE,
    MAXIMUM_SENSOR_MEMBERS,
    MAXIMUM_STRING_LENGTH,
    MAXIMUM_TIMESTAMP,
    TIMESTAMP_PATTERN,
)
from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.documents import parse
from handlers.domain.problems import Fault, FaultsError
from handlers.domain.query_request import PARAMETERS, read_query
from handlers.domain.replay_request import MEMBERS, read_replay
from handlers.domain.submission import Clock, read_submission
from tests.generate.test_openapi import contents

NOW = 1_795_428_930_123
CLOCK = Clock(NOW, AcceptedTimes())
STRICT_CLOCK = Clock(NOW, AcceptedTimes(oldest=946_684_800_000, latest=NOW + 300_000))
SERVER_ONLY = re.compile(
    "must not be (before|after) "  # the clock skew, the oldest timestamp, an end before its start
    "|must be an integer of epoch milliseconds, or an ISO 8601"  # a string of the right pattern which no calendar has
    "|must be 0 or between 1E-130 and|must have at most 38 significant digits"  # numbers that DynamoDB cannot hold
    "|must not contain control characters"
    "|must be the next_token"
)
"""What the server refuses and no schema can, or need: each is documented beside the schema."""
INGEST = Draft202012Validator({**SCHEMAS["IngestRequest"], "components": {"schemas": SCHEMAS}})
PROCESS = Draft202012Validator({**SCHEMAS["ProcessRequest"], "components": {"schemas": SCHEMAS}})

plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=MAXIMUM_STRING_LENGTH + 2)
device_ids = st.one_of(st.from_regex(r"\A[A-Za-z0-9_.:-]{1,128}\Z"), st.text("a b", max_size=130), st.none())


def written(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[msgspec.Raw]:
    """Integers in each way that JSON has for them, and what lies beside them."""
    forms = st.sampled_from(["{0}", "{0}.0", "{0}.000", "{0}e0", "{1}e-1", "{0}E+0", "{0}.5", "{0}e-1"])
    return st.builds(lambda number, form: msgspec.Raw(form.format(number, 10 * number).encode()), numbers, forms)


timestamps = st.one_of(
    written(st.integers(-2, 2)),
    written(st.integers(MAXIMUM_TIMESTAMP - 1, MAXIMUM_TIMESTAMP + 1)),
    written(st.just(NOW)),
    st.just(msgspec.Raw(b"1e400")),
    st.just("2026-11-23T10:15:30Z"),
    st.none(),
)
values = st.one_of(written(st.integers(-(10**9), 10**9)), plain, st.booleans(), st.none(), st.just([]), st.just({}))
sensor_data = st.one_of(
    st.dictionaries(plain, values, max_size=3),
    st.integers(MAXIMUM_SENSOR_MEMBERS - 1, MAXIMUM_SENSOR_MEMBERS + 1).map(lambda n: {f"s{i}": i for i in range(n)}),
    st.none(),
)
readings = st.fixed_dictionaries(
    {}, optional={"device_id": device_ids, "timestamp": timestamps, "sensor_data": sensor_data, "more": st.just(1)}
)
good = {"device_id": "d", "sensor_data": {"temp": 1}}
batches = st.one_of(
    st.lists(st.just(good), max_size=2),
    st.integers(MAXIMUM_BATCH_SIZE - 1, MAXIMUM_BATCH_SIZE + 1).map(lambda n: [good] * n),
    st.none(),
).map(lambda sent: {"readings": sent})
replays = st.fixed_dictionaries(
    {},
    optional={
        "device_id": device_ids,
        "limit": st.one_of(written(st.one_of(st.integers(-1, 2), st.integers(999, 1001))), st.none()),
        "start": timestamps,
        "more": st.just(1),
    },
)


unusual_timestamps = st.one_of(
    timestamps,
    written(st.integers(0, MAXIMUM_TIMESTAMP)),
    st.from_regex(TIMESTAMP_PATTERN.replace("$", r"\Z"), alphabet=st.characters(max_codepoint=126)),
    st.sampled_from(["2026-02-30T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"]),
)
unusual_values = st.one_of(
    values,
    st.text(max_size=3),
    st.sampled_from([msgspec.Raw(number) for number in (b"1e126", b"1e-131", b"0.0", b"1" * 39, b"-1e400")]),
)
unusual_readings = st.fixed_dictionaries(
    {"device_id": device_ids, "sensor_data": st.dictionaries(st.text(max_size=3), unusual_values, max_size=3)},
    optional={"timestamp": unusual_timestamps},
)
unusual_replays = st.fixed_dictionaries(
    {"device_id": device_ids},
    optional={"start": unusual_timestamps, "end": unusual_timestamps, "next_token": st.one_of(plain, st.none())},
)


def text_of(document: Any) -> str:
    return msgspec.json.encode(document).decode()


def faults_of_ingest(text: str, clock: Clock) -> list[Fault]:
    try:
        submission = read_submission(parse(text), clock, lambda: MAXIMUM_BATCH_SIZE)
    except FaultsError as error:
        return error.faults
    return [fault for rejection in submission.rejections for fault in rejection.faults]


def faults_of_process(text: str) -> list[Fault]:
    try:
        read_replay(parse(text))
    except FaultsError as error:
        return error.faults
    return []


def is_taken(document: Any) -> bool:
    return not faults_of_ingest(text_of(document), CLOCK)


def is_replayed(document: Any) -> bool:
    return not faults_of_process(text_of(document))


def check_both_ways(text: str, validator: Any, faults: list[Fault]) -> None:
    """What the server accepts, the schema does; what only the server refuses, it refuses by a rule that is named."""
    if validator.is_valid(json.loads(text)):
        assert all(SERVER_ONLY.search(fault.detail) for fault in faults), faults
    else:
        assert faults


@given(st.one_of(readings, batches, st.none(), st.just([])))
def test_ingest_takes_what_its_schema_allows_and_nothing_else(document: Any) -> None:
    assert is_taken(document) == INGEST.is_valid(json.loads(text_of(document)))


@given(st.one_of(replays, st.none()))
def test_process_takes_what_its_schema_allows_and_nothing_else(document: Any) -> None:
    assert is_replayed(document) == PROCESS.is_valid(json.loads(text_of(document)))


@given(unusual_readings)
def test_what_only_ingest_itself_refuses_is_named(document: Any) -> None:
    text = text_of(document)

    check_both_ways(text, INGEST, faults_of_ingest(text, STRICT_CLOCK))


@given(unusual_replays)
def test_what_only_process_itself_refuses_is_named(document: Any) -> None:
    text = text_of(document)

    check_both_ways(text, PROCESS, faults_of_process(text))


@given(st.one_of(readings, batches, replays, st.none(), st.just([])))
def test_the_gateway_lets_pass_whatever_a_schema_allows(document: Any) -> None:
    """It checks a part of the schema, so that the function names every fault."""
    sent = json.loads(text_of(document))
    for name, validator in {"IngestRequest": INGEST, "ProcessRequest": PROCESS}.items():
        assert Draft4Validator(gateway_model(name)).is_valid(sent) or not validator.is_valid(sent)


@pytest.mark.parametrize("text", ["1795428930123", "1795428930123.0", "1.795428930123e12", "17954289301230e-1"])
def test_an_integer_is_stored_in_one_way_however_it_is_written(text: str) -> None:
    sent = parse(f'{{"device_id": "d", "timestamp": {text}, "sensor_data": {{"temp": 1}}}}')
    (entry,) = read_submission(sent, CLOCK, lambda: 1).entries

    assert type(entry.reading.timestamp) is int
    assert entry.reading.timestamp == NOW


def test_the_names_are_the_same() -> None:
    assert set(QUERY_PARAMETERS) == set(PARAMETERS)
    assert set(SCHEMAS["ProcessRequest"]["properties"]) == set(MEMBERS)


@pytest.mark.parametrize("name", ["table", "order"])
def test_the_choices_of_a_query_are_the_same(name: str) -> None:
    for value in QUERY_PARAMETERS[name]["enum"]:
        assert read_query({"device_id": "d", name: value}).device_id == "d"
    with pytest.raises(FaultsError):
        read_query({"device_id": "d", name: "other"})


def test_every_example_of_a_request_is_taken() -> None:
    requests = {"/ingest": is_taken, "/process": is_replayed}
    tried = 0
    for path, content in contents():
        if content["schema"].get("$ref", "").endswith("Request"):
            for example in content["examples"].values():
                assert requests[path](example["value"])
                tried += 1
    assert tried == 4


def test_numbers_are_decimals_to_both() -> None:
    document: Any = {"device_id": "d", "sensor_data": {"a": 0.1}}
    (entry,) = read_submission(parse(json.dumps(document)), CLOCK, lambda: 1).entries

    assert INGEST.is_valid(document)
    assert entry.reading.sensor_data == {"a": Decimal("0.1")}
