"""Readings and questions sent to the API: signed, with the API key; each refusal is told."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from ops import query, send
from ops.aws import Access, Keys
from ops.client import Answer, ApiClient
from ops.commands import run
from ops.errors import OpsError
from ops.send import build_body, show


def arguments(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"device": "d", "data": '{"temp": 1}', "file": None, **given})


def test_a_reading_is_built_from_device_and_data() -> None:
    assert build_body(arguments()) == {"device_id": "d", "sensor_data": {"temp": 1}}


def test_a_file_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"readings": []}')

    assert build_body(arguments(file=tmp_path / "body.json")) == {"readings": []}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": "{"}, r"DATA=\{ is no JSON"),
        ({"data": "[" * 100_000}, r"^DATA=\[{195}\.\.\. is nested too deeply$"),
        ({"data": "1" * 5_000}, r"^DATA=1{195}\.\.\. holds a number with thousands of digits"),
        ({"file": Path("nowhere.json")}, r"FILE=nowhere\.json cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(OpsError, match=message):
        build_body(arguments(**given))


def test_a_query_that_is_no_text_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda: query.main(["--device", "\udcff"])) == 1
    assert capsys.readouterr().err == "error: device_id='\\udcff' is not UTF-8\n"


@pytest.mark.parametrize("value", ["--", "-", "-x", "--device"])
def test_a_device_may_begin_with_hyphens(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr(query, "find_api", lambda *_: client)
    monkeypatch.setattr(ApiClient, "get", lambda *request: Answer(200, str(request[1:]), {}))

    assert query.main([f"--device={value}"]) == 0
    assert capsys.readouterr().out == f"HTTP 200\n{('/query', {'device_id': value})}\n"


def test_a_refusal_is_shown_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(400, '{"title":"Bad"}', {"content-type": "application/problem+json"})

    assert show(answer) == 1
    assert capsys.readouterr().out == 'HTTP 400\n{\n  "title": "Bad"\n}\n'


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
def test_what_was_sent_is_told_to_be_processed_later(
    status: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ApiClient("https://example.test/dev", Access("us-east-1"))
    monkeypatch.setattr(ApiClient, "post", lambda *_: Answer(status, "", {}))
    monkeypatch.setattr(send, "find_api", lambda *_: client)

    assert send.main([]) == code
    assert ("in what make query shows, within seconds" in capsys.readouterr().err) is (code == 0)


def test_an_api_that_does_not_answer_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    access = Access("us-east-1", "https://127.0.0.1:9", keys=Keys("a", "b"))

    def command() -> int:
        return ApiClient("https://127.0.0.1:9/dev", access).get("/query", {}).status

    assert run(command) == 1
    assert "the API cannot be reached (make up starts the embedded AWS)" in capsys.readouterr().err
