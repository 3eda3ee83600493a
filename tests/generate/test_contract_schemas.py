"""The published schemas and the code that validates say the same."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generate.openapi.schemas import QUERY_PARAMETERS, SCHEMAS
from handlers.contract import MAXIMUM_BATCH_SIZE, MAXIMUM_SENSOR_MEMBERS, MAXIMUM_STRING_LENGTH, MAXIMUM_TIMESTAMP
from handlers.domain.documents import parse
from handlers.domain.problems import FaultsError
from handlers.domain.query_request import PARAMETERS, read_query
from handlers.domain.replay_request import MEMBERS, read_replay
from handlers.domain.submission import Clock, read_submission
from tests.generate.test_openapi import contents

CLOCK = Clock(0, MAXIMUM_TIMESTAMP)
INGEST = Draft202012Validator({**SCHEMAS["IngestRequest"], "components": {"schemas": SCHEMAS}})
PROCESS = Draft202012Validator({**SCHEMAS["ProcessRequest"], "components": {"schemas": SCHEMAS}})

plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=MAXIMUM_STRING_LENGTH + 2)
device_ids = st.one_of(st.from_regex(r"\A[A-Za-z0-9_.:-]{1,128}\Z"), st.text("a b", max_size=130), st.none())
timestamps = st.one_of(
    st.integers(-2, 2),
    st.integers(MAXIMUM_TIMESTAMP - 1, MAXIMUM_TIMESTAMP + 1),
    st.just("2026-11-23T10:15:30Z"),
    st.none(),
)
values = st.one_of(st.integers(-(10**9), 10**9), plain, st.booleans(), st.none(), st.just([]), st.just({}))
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
        "limit": st.one_of(st.integers(-1, 2), st.integers(999, 1001), st.none()),
        "start": timestamps,
        "more": st.just(1),
    },
)


def is_taken(document: Any) -> bool:
    try:
        submission = read_submission(parse(json.dumps(document)), CLOCK, lambda: MAXIMUM_BATCH_SIZE)
    except FaultsError:
        return False
    return not submission.rejections


def is_replayed(document: Any) -> bool:
    try:
        read_replay(parse(json.dumps(document)))
    except FaultsError:
        return False
    return True


@given(st.one_of(readings, batches, st.none(), st.just([])))
def test_ingest_takes_what_its_schema_allows_and_nothing_else(document: Any) -> None:
    assert is_taken(document) == INGEST.is_valid(document)


@given(st.one_of(replays, st.none()))
def test_process_takes_what_its_schema_allows_and_nothing_else(document: Any) -> None:
    assert is_replayed(document) == PROCESS.is_valid(document)


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
