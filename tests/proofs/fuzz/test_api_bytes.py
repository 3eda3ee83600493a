"""The running API, sent bytes that no ordinary client sends."""

import gzip
import json
import zlib
from typing import Final

import pytest
from hypothesis import strategies as st

from handlers.contract import MAXIMUM_BODY_BYTES
from ops.aws.api_client import ApiClient
from ops.local.pipeline import Pipeline
from tests.proofs.fuzz.answer_checks import check_answer
from tests.proofs.fuzz.bad_json import READINGS, REPLAYS, damaged, deep, large
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.proofs.fuzz.marked_devices import MarkedDevices
from tests.proofs.fuzz.signed_requests import INGEST, JSON, PROCESS, ApiCaller, checked_document
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(1800)]

EXTREMES: Final = {**deep(10), **deep(100_000), **large(MAXIMUM_BODY_BYTES)}
REFUSED: Final = frozenset({400, 403, 404, 405, 413, 415})
READING: Final = '{"device_id": "%s", "sensor_data": {"temp": 25.5}}'


@pytest.fixture
def api(caller: ApiClient) -> ApiCaller:
    return ApiCaller(caller)


@pytest.fixture
def marked(pipeline: Pipeline) -> MarkedDevices:
    return MarkedDevices(pipeline)


@pytest.mark.parametrize("effort", EFFORTS)
def test_damaged_bytes(api: ApiCaller, marked: MarkedDevices, figures: Figures, effort: Effort) -> None:
    def check(given: tuple[bytes, bool]) -> None:
        body, is_reading = given
        path, allowed = ("/ingest", INGEST) if is_reading else ("/process", PROCESS)
        device = marked.new_device()
        named = body.replace(b'"d"', f'"{device}"'.encode()).replace(b'"device-1"', f'"{device}"'.encode())
        document = api.post(path, named, allowed)
        if is_reading and named != body:
            is_accepted = document["status"] == 200 and document["device_id"] == device
            (marked.accepted if is_accepted else marked.refused).add(device)
        figures.count(f"damaged bodies, {'refused' if document['status'] >= 400 else 'accepted'}")

    bodies = st.tuples(damaged(READINGS), st.just(True)) | st.tuples(damaged(REPLAYS), st.just(False))  # noqa: FBT003
    effort.explore(500, bodies, check)
    marked.check(figures)


def test_deep_and_large_bodies(api: ApiCaller, marked: MarkedDevices, figures: Figures) -> None:
    for name, text in EXTREMES.items():
        body = text.replace('"d"', f'"{marked.prefix}x"').encode()
        assert api.post("/ingest", body, INGEST)["status"] in (400, 413), name
        figures.count("deep and large bodies refused")
    marked.check(figures)


def encoded(body: bytes) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Encodings of a reading that must be refused, with their headers."""
    latin = {"Content-Type": "application/json; charset=latin-1"}
    return {
        "gzip without its header": (gzip.compress(body), {}),
        "compressed text that is not JSON": (gzip.compress(body[:-1]), {"Content-Encoding": "gzip"}),
        "no UTF-8": (body[:-1] + b"\xff}", {}),
        "latin-1": (body.replace(b"temp", b"temp\xe9rature"), latin),
        "UTF-16": (body.decode().encode("utf-16"), {"Content-Type": "application/json; charset=utf-16"}),
        "UTF-32": (body.decode().encode("utf-32-be"), {}),
        "byte order mark": (b"\xef\xbb\xbf" + body, {}),
        "NUL": (body.replace(b"temp", b"te\x00mp"), {}),
        "trailing text": (body + b"x", {}),
        "two documents": (body + body, {}),
        "form": (b"device_id=d&sensor_data=1", {"Content-Type": "application/x-www-form-urlencoded"}),
        "XML": (b"<reading/>", {"Content-Type": "application/xml"}),
        "empty": (b"", {}),
        "space": (b" ", {}),
        "twice": (body.replace(b"{", b'{"device_id":"d",', 1), {}),
        "NaN": (body.replace(b"25.5", b"NaN"), {}),
        "infinity": (body.replace(b"25.5", b"1e400"), {}),
        "39 digits": (body.replace(b"25.5", b"1" * 39), {}),
    }


def test_odd_encodings(api: ApiCaller, marked: MarkedDevices, figures: Figures) -> None:
    for name, (body, headers) in encoded((READING % f"{marked.prefix}x").encode()).items():
        assert api.post("/ingest", body, INGEST, JSON | headers)["status"] == 400, name
        figures.count("odd encodings refused")
    marked.check(figures)


def compressions(body: bytes) -> dict[str, tuple[bytes, str, int]]:
    """Compressed bodies, their `Content-Encoding`, and the expected status."""
    return {
        "gzip": (gzip.compress(body), "gzip", 200),
        "deflate": (zlib.compress(body), "deflate", 200),
        "in capitals": (gzip.compress(body), "GZIP", 200),
        "in name only": (body, "gzip", 415),
        "truncated": (gzip.compress(body)[:-9], "gzip", 415),
        "without a wrapper": (zlib.compress(body)[2:-4], "deflate", 415),
        "another coding": (body, "br", 415),
        "twice": (gzip.compress(gzip.compress(body)), "gzip, gzip", 415),
        "larger than a body may be": (gzip.compress(body + b" " * MAXIMUM_BODY_BYTES), "gzip", 413),
        "a decompression bomb": (gzip.compress(body + b" " * 100 * MAXIMUM_BODY_BYTES), "gzip", 413),
    }


def test_compressed_bodies(api: ApiCaller, marked: MarkedDevices, figures: Figures) -> None:
    for number, name in enumerate(compressions(b"")):
        device = f"{marked.prefix}{number}"
        body, coding, status = compressions((READING % device).encode())[name]
        headers = JSON | {"Content-Encoding": coding}
        assert api.post("/ingest", body, INGEST | {415}, headers)["status"] == status, name
        (marked.accepted if status == 200 else marked.refused).add(device)
        figures.count("compressed bodies, accepted or refused as documented")
    marked.check(figures)


MEDIA_TYPES: Final = ("", "text/plain", "application/xml", "*/*", "application/json; charset=", "x" * 3_000, "é/ü")
HEADERS: Final[tuple[dict[str, str], ...]] = (
    *({"Content-Type": media_type} for media_type in MEDIA_TYPES),
    {},
    {"X-Api-Key": "k" * 8_000},
    {"X-Api-Key": "\xe9"},
    {"X-Correlation-Id": "../../etc/passwd"},
    {"X-Amzn-Trace-Id": "garbage;;;=;"},
    {"X-Amzn-Trace-Id": "Root=" + "1" * 1_000},
    {"X-Amzn-RequestId": "a\tb"},
    {"Accept": "text/html"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Expect": "100-continue"},
    {"Content-Encoding": "identity"},
)


def test_odd_headers_change_nothing(api: ApiCaller, marked: MarkedDevices, figures: Figures) -> None:
    for number, headers in enumerate(HEADERS):
        device = f"{marked.prefix}{number}"
        document = api.post("/ingest", (READING % device).encode(), INGEST, headers)
        assert document["status"] == 200, (headers, document)
        marked.accepted.add(device)
        figures.count("odd headers")
    marked.check(figures)


METHODS: Final = ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE")
PATHS: Final = (
    "",
    "/",
    "/nope",
    "/ingest/x",
    "/INGEST",
    "/%00",
    "/../ingest",
    "/ingest%2f",
    "/query",
    "/" + "x" * 5_000,
)


def test_wrong_methods_and_paths(api: ApiCaller, marked: MarkedDevices, figures: Figures) -> None:
    body = (READING % f"{marked.prefix}x").encode()
    given = [(method, "/ingest") for method in METHODS] + [("POST", path) for path in PATHS]
    for method, path in given:
        document = checked_document(api.send(method, path, body), REFUSED)
        assert document["status"] in REFUSED, (method, path)
        figures.count("wrong methods and paths refused")
    marked.check(figures)


QUERIES: Final = (
    *("", "device_id", "device_id=", "device_id=a&device_id=a", "device_id=%00", "device_id=%", "device_id=%zz"),
    *("device_id=%ff", "device_id=a;b", "&&&", "=", "=x", "device_id[]=a", "device_id=a%2Fb", "device_id=%F0%9F%98%80"),
    *(
        "device_id=" + "x" * 5_000,
        "x" * 5_000 + "=1&device_id=d",
        "&".join(["device_id=d"] * 300),
        "device_id=d&limit=0",
    ),
    *("device_id=d&limit=1&limit=1", "device_id=d&limit=01", "device_id=d&start=-1", "device_id=d&event_date=0"),
    *("device_id=d&next_token=%00", "device_id=d&next_token=" + "A" * 5_000, "device_id=d&table=%27%20OR%201%3D1"),
    *("device_id=d&interval=PT0M", "device_id=d&statistics=min", "device_id=d&order=ASC", "device_id=d&a%0d%0ab=1"),
)
"""Each is refused: some because of their signature, which covers the text as AWS normalises it."""


def test_odd_query_strings(api: ApiCaller, figures: Figures) -> None:
    for query in QUERIES:
        assert api.query(query, REFUSED)["status"] in REFUSED, query
        figures.count("odd query strings refused")


def test_a_refusal_of_the_gateway_itself_is_json_for_any_text(api: ApiCaller, figures: Figures) -> None:
    answer = api.send("GET", "/query", headers={}, query="device_id=%22%7D%5C")

    assert json.loads(answer.text)["status"] == answer.status == 400
    check_answer(answer.status, answer.headers["content-type"], answer.text, allowed=REFUSED)
    figures.count("quotes in a parameter")
