"""Terraform is found on this machine, or the official release is fetched with its checksum."""

import hashlib
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from packaging.version import Version
from typing_extensions import override

from ops.project.errors import TerraformError
from ops.project.progress import Progress
from ops.terraform import toolchain
from ops.terraform.provider import (
    platform_name,
)
from ops.terraform.toolchain import RELEASE, fetch, find_terraform, install_release, is_accepted
from tests.ops.terraform.conftest import fake_terraform

VERSION = "5.100.0"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("1.11.0", True),
        ("1.99.9", True),
        ("1.12.0-rc1", True),
        ("1.10.5", False),
        ("2.0.0", False),
        ("2.0.0-rc1", False),
    ],
)
def test_versions_are_compared_with_what_the_project_accepts(text: str, accepted: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert is_accepted(Version(text)) is accepted


def release() -> dict[str, bytes]:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("terraform", "the binary")
    name = f"terraform_{RELEASE}_{platform_name()}.zip"
    sums = f"{'0' * 64}  terraform_{RELEASE}_other.zip\n{hashlib.sha256(content.getvalue()).hexdigest()}  {name}\n"
    return {name: content.getvalue(), f"terraform_{RELEASE}_SHA256SUMS": sums.encode()}


def test_terraform_on_path_is_used(tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake_terraform(tmp_path, """print('{"terraform_version": "1.12.2"}')""")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_terraform(tmp_path / "build", progress) == program


def test_an_old_terraform_on_path_is_replaced_by_the_official_release_once(
    tmp_path: Path, progress: Progress, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_terraform(tmp_path / "bin", """print('{"terraform_version": "1.5.7"}')""")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    files = release()
    asked: list[str] = []

    def get(address: str) -> bytes:
        asked.append(address)
        return files[address.rpartition("/")[2]]

    monkeypatch.setattr(toolchain, "fetch", get)
    first = find_terraform(tmp_path / "build", progress)
    second = find_terraform(tmp_path / "build", progress)

    assert first == second
    assert first.read_text() == "the binary"
    assert len(asked) == 2
    assert "is 1.5.7, accepted is >= 1.11, < 2.0: fetching" in said.getvalue()


class Proxy(BaseHTTPRequestHandler):
    """Answers in place of every server."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path.endswith("/missing") else 200)
        self.end_headers()
        self.wfile.write(f"{self.path} by way of a proxy".encode())

    @override
    def log_message(self, format: str, *arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        yield "http://releases.example"
        server.shutdown()
        thread.join()


def test_a_release_is_fetched_through_the_users_proxy(proxy: str) -> None:
    assert fetch(f"{proxy}/one") == b"http://releases.example/one by way of a proxy"


def test_a_release_that_does_not_exist_is_named(proxy: str) -> None:
    with pytest.raises(TerraformError, match=r"http://releases\.example/missing cannot be fetched: HTTP Error 404"):
        fetch(f"{proxy}/missing")


def test_a_server_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")

    with pytest.raises(TerraformError, match=r"http://127\.0\.0\.1:9/ cannot be fetched: .* HTTPS_PROXY"):
        fetch("http://127.0.0.1:9/")


def test_a_release_that_is_not_what_was_published_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: content if "SUMS" in name else b"another" for name, content in release().items()}
    monkeypatch.setattr(toolchain, "fetch", lambda address: files[address.rpartition("/")[2]])

    with pytest.raises(TerraformError, match="is not what was published"):
        install_release(tmp_path / "terraform")
    assert not (tmp_path / "terraform").exists()


def test_without_terraform_and_network_the_error_says_what_to_do(
    tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    def get(address: str) -> bytes:
        raise TerraformError(f"{address} cannot be reached")

    monkeypatch.setattr(toolchain, "fetch", get)
    with pytest.raises(TerraformError, match=r"no terraform on PATH, .*Install Terraform >= 1\.11, < 2\.0"):
        find_terraform(tmp_path / "build", progress)
