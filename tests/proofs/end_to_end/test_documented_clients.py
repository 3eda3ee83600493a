"""The example clients of `docs/clients.md` work."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, Final

import pytest
from typing_extensions import override

from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.project.paths import ROOT

pytestmark = pytest.mark.timeout(900)
DEVICE: Final = "sensor-1"
"""The device id of the examples."""
COMMANDS: Final = {"sh": ["sh", "-eu", "-c"], "python": [sys.executable, "-c"]}
"""The command that runs an example, by its language."""


def example(language: str) -> str:
    """The one example in this language."""
    document = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)
    return str(found)


def run(language: str, device: str, variables: dict[str, str]) -> str:
    """Run an example with only these environment variables and PATH, and return its output."""
    done = subprocess.run(  # noqa: S603  # an example of the project's own documents
        [*COMMANDS[language], example(language).replace(DEVICE, device)],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def sourced(machine: Machine, pipeline: Pipeline) -> dict[str, str]:  # noqa: ARG001  # it writes the file
    """The variables that `source build/local/env` exports, for the tests' own pipeline."""
    command = f"set -a; . {shlex.quote(str(machine.layout.caller_variables))}; exec env -0"
    done = subprocess.run(["sh", "-c", command], env={}, capture_output=True, text=True, check=True)  # noqa: S603, S607
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def test_curl_sends_a_reading_and_queries_it(sourced: dict[str, str], device: str) -> None:
    answers = run("sh", device, sourced)

    sent, queried = (json.loads(line) for line in re.split(r"(?<=\})\s*(?=\{)", answers, maxsplit=1))
    assert (sent["message"], sent["device_id"]) == ("accepted", device)
    assert [item["sensor_data"] for item in queried["items"]] == [{"temp": 21.5}]


def test_python_sends_a_reading_and_queries_it(sourced: dict[str, str], device: str) -> None:
    sent, queried = run("python", device, sourced).splitlines()

    assert sent.startswith("(200, {'message': 'accepted'")
    assert device in sent
    assert queried.startswith("(200, ")
    assert "{'temp': 21.5}" in queried


@contextmanager
def recording() -> Iterator[tuple[str, list[Any]]]:
    """A server on loopback that answers `{}`: its address, and the headers of the requests that it received."""
    seen: list[Any] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET  # noqa: N815  # http.server's name

        @override
        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Recorder) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


@pytest.mark.parametrize("language", COMMANDS)
def test_a_session_token_is_sent_and_signed(language: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "a+token/=="}
    with recording() as (address, seen):
        run(language, DEVICE, {**keys, "AWS_REGION": "eu-central-1", "API_ENDPOINT": address})

    assert [headers["X-Amz-Security-Token"] for headers in seen] == ["a+token/=="] * 2
    for headers in seen:
        assert "/eu-central-1/execute-api/aws4_request" in headers["Authorization"]
        assert re.search(r"SignedHeaders=[a-z0-9;-]*x-amz-security-token", headers["Authorization"])
