"""What the tests of Terraform's use share: a home without settings, and a program in Terraform's place."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a CLI configuration nor a mirror in the user's home folder."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")


def fake_terraform(folder: Path, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "terraform"
    program.write_text(f"#!{sys.executable}\n{script}\n")
    program.chmod(0o755)
    return program
