"""The three functions, called with any input of API Gateway and SQS, and some that these would never send."""

import base64
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_BODY_BYTES
from handlers.domain.pages import token
from tests.handlers.moto_pipeline import MotoPipeline, event
from tests.proofs.fuzz.bad_json import BATCHES, READINGS, REPLAYS, VALUES, damaged, deep, large
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.proofs.fuzz.function_calls import FunctionCaller
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(900)]

SENT: Final = {"ingest": READINGS | BATCHES | VALUES, "process": REPLAYS | VALUES}
EXTREMES: Final = {**deep(10), **deep(1_000), **deep(100_000), **large(MAXIMUM_BODY_BYTES)}


@pytest.fixture
def functions(moto: MotoPipeline) -> Iterator[FunctionCaller]:
    with FunctionCaller(moto).recording_writes() as caller:
        yield caller


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("operation", SENT)
def test_bodies_that_look_like_json(
    functions: FunctionCaller, figures: Figures, effort: Effort, operation: str
) -> None:
    def check(body: str) -> None:
        status = functions.send(operation, body)["status"]
        outcome = {200: "accepted", 207: "partly accepted"}.get(status, "refused")
        figures.count(f"bodies that look like JSON, {outcome}")

    effort.explore(2_000, SENT[operation], check)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("operation", SENT)
def test_damaged_bytes(functions: FunctionCaller, figures: Figures, effort: Effort, operation: str) -> None:
    def check(body: bytes) -> None:
        functions.send(operation, body.decode("utf-8", "replace"))
        functions.send(operation, body.decode("utf-8", "surrogateescape"))
        functions.send(operation, base64.b64encode(body).decode(), in_base64=True)
        functions.send(operation, body.decode("latin-1"), in_base64=True)
        figures.tried("bodies of damaged bytes", 4)

    effort.explore(2_000, damaged(SENT[operation]) | st.binary(max_size=200), check)


@pytest.mark.parametrize("operation", SENT)
def test_deep_and_large_bodies(functions: FunctionCaller, figures: Figures, operation: str) -> None:
    for name, text in EXTREMES.items():
        for body, in_base64 in ((text, False), (base64.b64encode(text.encode()).decode(), True)):
            assert functions.send(operation, body, in_base64=in_base64)["status"] in (400, 413), name
            figures.count("deep and large bodies refused")


PARAMETERS: Final = {
    "device_id": ["device-1", "", "a b", "\x00", "d" * 129, "\ud800", "%"],
    "event_date": [
        "2026-11-23",
        "2026-13-01",
        "0001-01-01",
        "9999-12-31",
        "2026-11-23T00:00:00Z",
        "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662٣",
        "",
    ],
    "start": ["0", "-1", "1e3", "253402300799999", "9" * 15, "9" * 5_000, "0001-01-01T00:00Z", "NaN", "", "²"],
    "end": ["0", "1795428930123", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-23:59", "1.0", " 1"],
    "table": ["raw", "processed", "RAW", "", "raw "],
    "order": ["asc", "desc", "ASC", "\x00"],
    "limit": ["1", "1000", "0", "1001", "-1", "1.0", "1e1", "\u0661", "", "0x1", "9" * 400],
    "next_token": ["", "=", "a", "MTIz", "é", "A" * 128, "A" * 129, "MQ.==", "\x00", "LTE", "_-_-"],
    "interval": ["PT1H", "P1D", "PT", "PT0M", "PT9999M", "PT24H1M", "pt1h", "P2D", "PT\u0661H", ""],
    "statistics": ["min", "min,min", "", ",", "min,max,avg,sum,count", "MIN", "min, max", "a" * 5_000],
}


def queries() -> st.SearchStrategy[dict[str, str]]:
    """Query strings as API Gateway decodes them."""
    odd = st.text(max_size=20)
    known = {name: st.sampled_from(values) | odd for name, values in PARAMETERS.items()}
    given = st.fixed_dictionaries({}, optional=known).map(lambda parameters: {"device_id": "d"} | parameters)
    loose = st.dictionaries(st.sampled_from([*PARAMETERS, "", "a/b~c", "x" * 300]) | odd, odd, max_size=4)
    return given | st.builds(dict.__or__, given, loose) | loose


@pytest.mark.parametrize("effort", EFFORTS)
def test_query_strings(functions: FunctionCaller, figures: Figures, effort: Effort) -> None:
    def check(parameters: dict[str, str]) -> None:
        several = {name: [value] for name, value in parameters.items()}
        given = {"queryStringParameters": parameters or None, "multiValueQueryStringParameters": several or None}
        document = functions.call("query", event("query") | given)
        figures.count(f"query strings, {'refused' if document['status'] >= 400 else 'answered'}")

    effort.explore(3_000, queries(), check)


@pytest.mark.parametrize("effort", EFFORTS)
def test_repeated_parameters(functions: FunctionCaller, figures: Figures, effort: Effort) -> None:
    def check(several: dict[str, list[str]]) -> None:
        last = {name: values[-1] for name, values in several.items()}
        given = {"queryStringParameters": last or None, "multiValueQueryStringParameters": several or None}
        document = functions.call("query", event("query") | given)
        assert document["status"] == 400 or all(len(values) == 1 for values in several.values())
        figures.count("query strings with repeated parameters")

    names = st.sampled_from([*PARAMETERS, "x" * 5_000]) | st.text(max_size=20)
    effort.explore(1_000, st.dictionaries(names, st.lists(st.text(max_size=5), min_size=1, max_size=3)), check)


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("operation", ["query", "process"])
def test_tokens_made_by_the_caller(functions: FunctionCaller, figures: Figures, effort: Effort, operation: str) -> None:
    """A token's digest contains no secret, so that anybody can make one for any position."""
    first, last = 1_000, 2_000

    def check(given: tuple[int, bool]) -> None:
        position, is_descending = given
        scope = ("query", "d", "processed") if operation == "query" else ("process", "d")
        made = token((*scope, first, last, is_descending), position)
        if operation == "process":
            body = {"device_id": "d", "start": first, "end": last, "next_token": made}
            functions.send("process", json.dumps(body))
        else:
            order = "desc" if is_descending else "asc"
            texts = {"device_id": "d", "start": str(first), "end": str(last), "order": order, "next_token": made}
            functions.call("query", event("query") | {"queryStringParameters": texts})
        figures.count("tokens made by the caller")

    for position in (-(10**60), -1, 0, first - 1, first, last, last + 1, 10**15, 10**18, 10**60):
        for is_descending in (False, True):
            check((position, is_descending))
    effort.explore(1_000, st.tuples(st.integers(-(10**60), 10**60) | st.integers(-10, 10**13), st.booleans()), check)


ODD_PARTS: Final[dict[str, list[Any]]] = {
    "headers": [None, {}, {"X-Api-Key": ""}, {"X-Api-Key": "k" * 10_000}, {"Content-Encoding": "gzip"}, {"": ""}],
    "multiValueHeaders": [None, {}],
    "queryStringParameters": [None, {}, {"": ""}, {"device_id": "d"}],
    "multiValueQueryStringParameters": [None, {}, {"device_id": []}, {"device_id": ["d", "d"]}],
    "requestContext": [None, {}, {"requestId": None}, {"requestId": ""}, {"requestId": "r" * 200}, {"identity": None}],
    "body": [None, "", " ", "null", "\x00", "{}"],
    "isBase64Encoded": [None, False, True],
    "httpMethod": [None, "TRACE"],
    "pathParameters": [None, {"proxy": ".."}],
    "stageVariables": [None, {"a": "b"}],
}
"""Values that API Gateway sends rarely or never."""


@pytest.mark.parametrize("effort", EFFORTS)
@pytest.mark.parametrize("operation", ["ingest", "process", "query"])
def test_odd_events(functions: FunctionCaller, figures: Figures, effort: Effort, operation: str) -> None:
    def check(change: tuple[dict[str, Any], list[str]]) -> None:
        parts, missing = change
        given = event(operation) | parts
        functions.call(operation, {name: value for name, value in given.items() if name not in missing})
        figures.count("odd events of API Gateway")

    parts = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in ODD_PARTS.items()})
    effort.explore(1_000, st.tuples(parts, st.lists(st.sampled_from(list(ODD_PARTS)), max_size=3)), check)
