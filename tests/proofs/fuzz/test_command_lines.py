"""What a user may type to `iot-pipeline send` and `query`: an error in one sentence, or a request."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from hypothesis import strategies as st
from typing_extensions import override

from ops.aws.access import Access, Keys
from ops.aws.api_client import Answer, ApiClient
from ops.cli.application import USAGE
from ops.cli.command import main
from ops.cli.running import FAILED
from tests.proofs.fuzz.bad_json import NUMBERS, READINGS, TEXTS, VALUES, damaged, deep
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.support.proving import Figures

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(900)]

ODD: Final = st.sampled_from(
    [*TEXTS, *NUMBERS, "", "-", "--", "\udcff", "é", "a b", "%00", "x" * 9_000, "@file", "-1", "$(id)", "\n"]
)
FLAGS: Final = ("--device", "--event-date", "--start", "--end", "--table", "--order", "--limit", "--next-token")


class Unsent(ApiClient):
    """A client that does everything but send: it writes the request, and signs it."""

    @override
    def deliver(self, request: AWSRequest | AWSPreparedRequest) -> Answer:
        prepared = request.prepare() if isinstance(request, AWSRequest) else request
        assert "AWS4-HMAC-SHA256" in str(prepared.headers["Authorization"])
        return Answer(400, '{"title": "Bad Request"}', {"content-type": "application/problem+json"})


@pytest.fixture(autouse=True)
def _unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    access = Access("us-east-1", "https://127.0.0.1:1", None, Keys("AKIAIOSFODNN7EXAMPLE", "secret"))
    monkeypatch.setattr("ops.cli.operating.find_api", lambda *_: Unsent("https://127.0.0.1:1/dev", access))


def typed(verb: str, *words: str) -> str:
    """Run a command line; it ends with an exit code, and with a sentence where it failed."""
    with redirect_stdout(_stream("strict")) as said, redirect_stderr(_stream("backslashreplace")) as complaint:
        code = main([verb, *words])
    assert code in (FAILED, USAGE)
    error = _written(complaint)
    assert "Traceback" not in error
    assert ("HTTP 400" in _written(said)) is not ("error: " in error)
    return "refused before they were sent" if error else "sent"


def _stream(errors: str) -> TextIOWrapper:
    """A stream as Python opens it on a terminal."""
    return TextIOWrapper(BytesIO(), "utf-8", errors)


def _written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


WORDS: Final = st.lists(st.tuples(st.sampled_from(FLAGS), ODD).map("=".join) | ODD, max_size=3)
"""Flags with odd values, written as one word so that a `-` may begin them, and words alone."""


@pytest.mark.parametrize("effort", EFFORTS)
def test_odd_queries(figures: Figures, effort: Effort) -> None:
    def check(words: list[str]) -> None:
        figures.count(f"command lines of query, {typed('query', *words)}")

    effort.explore(800, WORDS, check)


@pytest.mark.parametrize("effort", EFFORTS)
def test_odd_data(figures: Figures, effort: Effort) -> None:
    def check(data: str) -> None:
        figures.count(f"DATA of send, {typed('send', f'--data={data}')}")

    effort.explore(800, VALUES | READINGS | ODD, check)


def test_deep_data(figures: Figures, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    for name, text in deep(100_000).items():
        file.write_text(text)
        for word in (f"--data={text}", f"--file={file}"):
            assert typed("send", word) == "refused before they were sent", name
            figures.count("deep documents refused by send")


@pytest.mark.parametrize("effort", EFFORTS)
def test_odd_files(figures: Figures, effort: Effort, tmp_path: Path) -> None:
    file = tmp_path / "body.json"

    def check(body: bytes) -> None:
        file.write_bytes(body)
        figures.count(f"FILE of send, {typed('send', f'--file={file}')}")

    effort.explore(800, damaged(READINGS | VALUES) | st.binary(max_size=200), check)


@pytest.mark.parametrize("name", ["", ".", "missing.json", "x" * 5_000, "a/b/c", "/dev/null/x"])
def test_files_that_cannot_be_read(figures: Figures, tmp_path: Path, name: str) -> None:
    assert typed("send", f"--file={tmp_path / name}") == "refused before they were sent"
    figures.count("files that cannot be read")


def test_what_is_sent_is_what_was_typed(monkeypatch: pytest.MonkeyPatch, figures: Figures) -> None:
    sent: list[Any] = []

    def deliver(_: Unsent, request: AWSRequest) -> Answer:
        sent.append(request.prepare().body)
        return Answer(200, "{}", {})

    monkeypatch.setattr(Unsent, "deliver", deliver)

    assert main(["send", "--device=d", '--data={"a": 1, "b": "é"}']) == 0

    assert json.loads(sent[0]) == {"device_id": "d", "sensor_data": {"a": 1, "b": "é"}}
    figures.count("readings sent as typed")
