"""Requests to the API are signed and carry the API key; each refusal is shown."""

import socket
import threading
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ops.aws.access import Access, Keys
from ops.aws.api_client import Answer, ApiClient
from ops.cli.command import main
from ops.cli.running import run
from ops.operate.send import build_body, show
from ops.project.errors import OpsError

DIGITS = '{ "temp": 52.123456789012345678,\n  "energy":98765432109876543.21, "exact": 1.50 }'


def body_of(device: str | None = None, data: str | None = None, file: Path | None = None) -> bytes:
    return build_body(device, data, file)


def test_without_anything_typed_a_reading_is_made_up() -> None:
    assert body_of() == b'{"device_id":"test-device-001","sensor_data":{"temp": 25.5}}'


def test_data_is_sent_as_it_was_written() -> None:
    body = body_of(device='a "b"', data=DIGITS)

    assert body == b'{"device_id":"a \\"b\\"","sensor_data":' + DIGITS.encode() + b"}"


def test_a_file_is_sent_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = ('\r\n{"device_id": "d\\u00e9", "sensor_data": ' + DIGITS + "} \n").encode()
    (tmp_path / "body.json").write_bytes(content)
    client = ApiClient("https://example.test/dev", Access("eu-west-1", keys=Keys("AKIAEXAMPLE", "secret")))
    monkeypatch.setattr(ApiClient, "deliver", lambda _, request: Answer(200, request.prepare().body.decode(), {}))

    answer = client.post("/ingest", body_of(file=tmp_path / "body.json"))

    assert answer.text.encode() == content


REPEATED = '{"temp": 1, "temp": 2}'


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": "{"}, r"^DATA=\{: not JSON: Expecting .* at line 1, column 2$"),
        ({"data": "[1,]"}, r"^DATA=\[1,\]: not JSON"),
        ({"data": "[" * 100_000}, r"^DATA=\[{195}\.\.\.: nested too deeply$"),
        ({"data": REPEATED}, r'the member "temp" appears in one object more than once$'),
        ({"data": "\ufeff{}"}, r"begins with a byte order mark; save it as UTF-8 without one$"),
        ({"file": Path("a"), "device": "d"}, r"^FILE=a has the whole body: leave DEVICE and DATA out$"),
        ({"file": Path("a"), "data": "{}"}, r"^FILE=a has the whole body: leave DEVICE and DATA out$"),
        ({"file": Path("nowhere.json")}, r"^FILE=nowhere\.json cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(OpsError, match=message):
        body_of(**given)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbf{}", "begins with a byte order mark"),
        (REPEATED.encode(), "more than once"),
        (b'{"temp": nan}', "not JSON"),
        (b'{"temp": NaN}', "not JSON: NaN is not a number"),
        (b'{"readings": [{"temp": -Infinity}]}', "not JSON: -Infinity is not a number"),
        ('{"temp": "°"}'.encode("latin-1"), "cannot be read"),
        (b"", "not JSON"),
    ],
)
def test_a_file_that_the_api_could_not_read_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(content)

    with pytest.raises(OpsError, match=rf"FILE=.*body\.json.*{message}"):
        body_of(file=tmp_path / "body.json")


@pytest.mark.parametrize("value", ["--", "-", "-x", "--device"])
def test_a_device_may_begin_with_hyphens(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr("ops.cli.operating.find_api", lambda *_: client)
    monkeypatch.setattr(ApiClient, "get", lambda *request: Answer(200, str(request[1:]), {}))

    assert main(["query", f"--device={value}"]) == 0
    assert capsys.readouterr().out == f"HTTP 200\n{('/query', {'device_id': value})}\n"


def test_a_query_has_the_apis_names(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr("ops.cli.operating.find_api", lambda *_: client)
    monkeypatch.setattr(ApiClient, "get", lambda *request: Answer(200, str(request[2]), {}))

    assert main(["query", "--day=2026-11-23", "--token=t", "--limit=5", "--table=raw"]) == 0
    asked = {"device_id": "test-device-001", "event_date": "2026-11-23", "table": "raw", "limit": "5"}
    assert capsys.readouterr().out == f"HTTP 200\n{ ({**asked, 'next_token': 't'}) }\n"
    assert main(["query", "--event-date=2026-11-23", "--next-token=t"]) == 0
    assert "'event_date': '2026-11-23', 'next_token': 't'" in capsys.readouterr().out


def test_a_refusal_is_shown_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(400, '{"title":"Bad"}', {"content-type": "application/problem+json"})

    assert show(answer) == 1
    assert capsys.readouterr().out == 'HTTP 400\n{\n  "title": "Bad"\n}\n'


def test_an_answer_is_shown_and_read_with_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(
        200, '{"items":[{"temp":52.123456789012345678,"exact":1.50}]}', {"content-type": "application/json"}
    )

    assert show(answer) == 0
    assert '"temp": 52.123456789012345678,\n      "exact": 1.50\n' in capsys.readouterr().out
    assert answer.document() == {"items": [{"temp": Decimal("52.123456789012345678"), "exact": Decimal("1.5")}]}


@pytest.mark.parametrize("text", ["<html>", REPEATED])
def test_an_answer_that_can_be_read_in_two_ways_is_not_read(text: str) -> None:
    with pytest.raises(OpsError, match=r"^the API answered 200, and not JSON \("):
        show(Answer(200, text, {"content-type": "application/json"}))


def test_decimals_are_sent_with_every_digit() -> None:
    client = ApiClient("https://example.test/dev", Access("eu-west-1"))

    assert client.prepare_post("/", {"a": Decimal("98765432109876543.21")}).data == b'{"a":98765432109876543.21}'


def test_a_request_is_signed_for_the_api_in_its_region() -> None:
    client = ApiClient("https://example.test/dev", Access("eu-west-1", keys=Keys("AKIAEXAMPLE", "secret")))

    header = client.sign(client.prepare_post("/ingest", {"a": 1})).headers["Authorization"]

    assert header.startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert "/eu-west-1/execute-api/aws4_request" in header


def test_the_api_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def sent() -> list[str | None]:
        client = ApiClient("https://example.test/dev", Access("eu-west-1", keys=Keys("AKIAEXAMPLE", "secret")))
        requests = (client.prepare_post("/ingest", {}), client.prepare_get("/query", {}))
        return [client.sign(request).prepare().headers.get("X-Api-Key") for request in requests]

    assert sent() == [None, None]
    monkeypatch.setenv("PIPELINE_API_KEY", "k" * 20)
    assert sent() == ["k" * 20] * 2
    monkeypatch.setenv("PIPELINE_API_KEY", "two\nlines")
    with pytest.raises(OpsError, match="PIPELINE_API_KEY has characters that no header may have"):
        sent()


def test_a_missing_api_key_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for key, status, named in ((None, 401, True), (None, 403, False), ("k" * 20, 401, False)):
        monkeypatch.setenv("PIPELINE_API_KEY", key or "")
        assert show(Answer(status, "", {})) == 1
        assert ("set it as the variable PIPELINE_API_KEY" in capsys.readouterr().err) is named


@pytest.mark.parametrize(("status", "code"), [(200, 0), (400, 1)])
def test_a_sent_reading_is_reported_as_processed_later(
    status: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr(ApiClient, "post", lambda *_: Answer(status, "", {}))
    monkeypatch.setattr("ops.cli.operating.find_api", lambda *_: client)

    assert main(["send"]) == code
    assert ("in what make query shows, within seconds" in capsys.readouterr().err) is (code == 0)


def test_an_api_that_does_not_answer_is_reported_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    access = Access("us-east-1", "https://127.0.0.1:9", keys=Keys("a", "b"))

    def command() -> int:
        return ApiClient("https://127.0.0.1:9/dev", access).get("/query", {}).status

    assert run(command) == 1
    assert "the API cannot be reached (make up starts the embedded AWS)" in capsys.readouterr().err


@pytest.mark.parametrize(("endpoint", "asked"), [(None, 1), ("https://127.0.0.1:9", 0)])
def test_a_proxy_is_asked_for_aws_and_never_for_the_embedded_aws(
    endpoint: str | None,
    asked: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        for name in ("https_proxy", "NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        requests: list[bytes] = []

        def refuse() -> None:
            with suppress(OSError):  # no client connected, and the test has closed the socket
                connection, _ = proxy.accept()
                with connection:
                    requests.append(connection.recv(100))

        threading.Thread(target=refuse, daemon=True).start()
        access = Access("us-east-1", endpoint, keys=Keys("a", "b"))
        with pytest.raises(OpsError, match="the API cannot be reached"):
            ApiClient(f"{endpoint or 'https://api.example.test'}/dev", access).get("/query", {})

    assert [request.partition(b" HTTP")[0] for request in requests] == [b"CONNECT api.example.test:443"] * asked
