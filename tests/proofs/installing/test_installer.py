"""The installer uses the machine's uv where there is one, and the user's settings of pip."""

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from ops.packaging.target import find_interpreter
from ops.project.errors import OpsError
from ops.project.progress import Progress
from ops.setup import installer
from ops.setup.installer import find_uv, pip_settings, run_uv, uv_variables
from ops.setup.pinning import lock_variables


@pytest.fixture(autouse=True)
def _no_cached_settings() -> Iterator[None]:
    """Read pip's settings again in each test."""
    pip_settings.cache_clear()
    yield
    pip_settings.cache_clear()


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pip.conf in place of this machine's, and none of pip's environment variables."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "SSL_"))]:
        monkeypatch.delenv(name)
    path = tmp_path / "pip.conf"
    path.touch()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    return path


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_settings_of_pip_are_passed_on_to_uv(configured: Path) -> None:
    configured.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url =\n  https://one.example\n"
        "  https://two.example\ncert = /certificates/ca.pem\nproxy = http://proxy.example:8080\n"
        "[install]\nfind-links = /wheels /more\ntrusted-host = mirror.example\n"
    )

    variables = uv_variables({"HOME": "/root"})

    assert {name: variables.get(name) for name in variables if name not in ("HOME", "UV_CACHE_DIR")} == {
        "UV_SYSTEM_CERTS": "true",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INSECURE_HOST": "mirror.example",
        "SSL_CERT_FILE": "/certificates/ca.pem",
        "ALL_PROXY": "http://proxy.example:8080",
    }


def test_pips_variables_override_its_files_as_in_pip(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured.write_text(
        "[global]\nindex-url = https://file.example\n[install]\nindex-url = https://install.example\n"
    )
    assert uv_variables({})["UV_DEFAULT_INDEX"] == "https://install.example"
    pip_settings.cache_clear()

    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example")

    assert uv_variables({})["UV_DEFAULT_INDEX"] == "https://variable.example"


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_settings_of_uv_itself_win(name: str, configured: Path) -> None:
    configured.write_text("[global]\nindex-url = https://file.example\n")

    variables = uv_variables({name: "https://own.example"})

    assert {key: value for key, value in variables.items() if "example" in value} == {name: "https://own.example"}


def test_without_pip_there_are_no_settings_of_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = program(tmp_path, "python", "exit 1")
    monkeypatch.setattr(sys, "executable", str(broken))
    monkeypatch.setattr(sys, "_base_executable", str(broken), raising=False)

    assert pip_settings() == {}


def test_the_cache_is_in_the_project_where_the_home_folder_is_read_only(
    configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert configured.exists()
    monkeypatch.setattr("os.access", lambda *_: False)

    assert uv_variables({"HOME": "/home/user"})["UV_CACHE_DIR"] == str(installer.ROOT / "build" / "uv-cache")


@pytest.mark.parametrize(
    ("version", "used"), [("uv 0.9.0", True), ("uv 1.2.3 (abc)", True), ("uv 0.8.22", False), ("broken", False)]
)
def test_the_users_uv_is_used_where_it_is_recent_enough(
    version: str, *, used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress
) -> None:
    users_uv = program(tmp_path / "bin", "uv", f"echo '{version}'")
    projects_uv = program(tmp_path / "own", "uv", "exit 0")
    monkeypatch.setenv("PATH", str(users_uv.parent))
    monkeypatch.setattr(installer, "_OWN_UV", projects_uv)

    assert find_uv(progress) == str(users_uv if used else projects_uv)


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: failed to fetch: tcp connect error", "PIP_INDEX_URL"),
        ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        ("ensurepip is not available", "python3-venv"),
        ("Hash mismatch for `one==1.0`", "other files than those that are published"),
        ("No space left on device", "free some space"),
    ],
)
def test_a_failure_says_what_to_do(
    output: str, advice: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, progress: Progress
) -> None:
    broken = program(tmp_path, "uv", f"echo '{output}'; exit 2")
    monkeypatch.setattr(installer, "find_uv", lambda _progress: str(broken))

    with pytest.raises(OpsError, match=rf"(?s)installing all failed:\n{output[:5]}.*-> .*{advice}"):
        run_uv(["pip", "sync"], progress, "installing all")


def test_an_interpreter_that_uv_neither_finds_nor_fetches_is_reported_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, progress: Progress, said: StringIO
) -> None:
    absent = program(tmp_path, "uv", "echo 'error: no network' >&2; exit 2")
    monkeypatch.setattr("ops.packaging.target.find_uv", lambda _progress: str(absent))

    assert find_interpreter("3.99", progress) is None
    assert "error: no network" in said.getvalue()


def test_an_interpreter_that_uv_finds_or_fetches_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, progress: Progress
) -> None:
    asked = tmp_path / "asked"
    found = program(tmp_path, "uv", f'echo "$@" > {asked}; echo /opt/python3.99')
    monkeypatch.setattr("ops.packaging.target.find_uv", lambda _progress: str(found))

    assert find_interpreter("3.99", progress) == Path("/opt/python3.99")
    assert asked.read_text().startswith("run --no-project --quiet --python cpython@3.99 python -c ")


def test_the_first_step_of_the_set_up_imports_only_the_standard_library() -> None:
    text = "import sys; sys.path.insert(0, '.'); import ops.setup.environments; "
    text += "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    root = installer.ROOT
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-I", "-S", "-c", text], cwd=root, capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) == {"ops", "__main__"}


def test_pins_come_from_the_main_index_only(configured: Path) -> None:
    configured.write_text("[global]\nindex-url = https://one.example\nextra-index-url = https://two.example\n")

    assert lock_variables()["UV_DEFAULT_INDEX"] == "https://one.example"
    assert "UV_INDEX" not in lock_variables()
