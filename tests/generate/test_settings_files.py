"""A settings file is read as editors on any system save it; one that cannot be read is named with the reason."""

from pathlib import Path

import pytest

from generate.__main__ import UNUSABLE, main
from generate.errors import SettingsError
from generate.reading import environment_names, read_account, read_environment
from tests.support.sample import write_generated

TEXT = 'region = "eu-west-1"\n\n[tags]\nteam = "a"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings of dev are, in the project's folder `tmp_path`."""
    path = tmp_path / "envs/dev/settings.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_is_read_with_a_byte_order_mark_and_any_line_ends(
    file: Path, tmp_path: Path, encoding: str, end: str
) -> None:
    file.write_bytes(TEXT.replace("\n", end).encode(encoding))

    assert read_environment(tmp_path, "dev").tags == {"team": "a"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_named(file: Path, tmp_path: Path, encoding: str) -> None:
    file.write_bytes(TEXT.encode(encoding))

    with pytest.raises(SettingsError, match=r"envs/dev/settings\.toml: not UTF-8, .* UTF-16, .* save it as UTF-8"):
        read_environment(tmp_path, "dev")


def test_another_encoding_is_named_with_the_place(file: Path, tmp_path: Path) -> None:
    file.write_bytes('team = "\u00e9"'.encode("latin-1"))

    with pytest.raises(SettingsError, match=r"settings\.toml: not UTF-8, .* \(at byte 8\)"):
        read_environment(tmp_path, "dev")


def test_a_folder_in_its_place_is_named(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.mkdir()
    (tmp_path / "envs/account/settings.toml").mkdir(parents=True)

    assert main(["--root", str(tmp_path)]) == UNUSABLE

    shown = capsys.readouterr().err
    assert "envs/dev/settings.toml: cannot be read: Is a directory" in shown
    assert "envs/account/settings.toml: cannot be read: Is a directory" in shown


def test_a_file_in_its_folders_place_is_named(file: Path, tmp_path: Path) -> None:
    file.parent.rmdir()
    file.parent.touch()

    with pytest.raises(SettingsError, match=r"envs/dev/settings\.toml: cannot be read: Not a directory"):
        read_environment(tmp_path, "dev")


def test_one_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)

    with pytest.raises(SettingsError, match=r"envs/account/settings\.toml: cannot be read: Permission denied"):
        read_account(tmp_path)


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(_: Path) -> list[Path]:
        raise OSError(5, "Input/output error", "envs")

    monkeypatch.setattr(Path, "iterdir", failing)

    assert main(["--root", str(tmp_path)]) == UNUSABLE
    assert capsys.readouterr().err == "cannot read or write envs: Input/output error\n"


def test_a_link_that_leads_nowhere_is_named_and_nothing_is_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_generated(tmp_path)
    settings = tmp_path / "envs/dev/settings.toml"
    settings.unlink()
    settings.symlink_to("nowhere.toml")

    assert main(["--root", str(tmp_path)]) == UNUSABLE
    assert "envs/dev/settings.toml" in capsys.readouterr().err
    assert (tmp_path / "envs/dev/main.tf.json").exists()


def test_an_environment_that_may_not_be_looked_at_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_generated(tmp_path)

    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", refused)

    assert main(["--root", str(tmp_path), "--check"]) == UNUSABLE
    assert "settings.toml: Permission denied" in capsys.readouterr().err


def test_a_folder_without_environments_has_none(tmp_path: Path) -> None:
    assert environment_names(tmp_path) == []
