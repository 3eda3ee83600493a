"""Files are replaced whole, or not at all; what cannot be read or written is named."""

import os
from pathlib import Path

import pytest

from generate.errors import FileError
from generate.tree import differences, write

FULL = Path("/dev/full")
"""Every write to it fails as on a full disk."""


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(FileError, match=r"^cannot write taken: Is a directory$"):
        write(tmp_path, {"taken": "text"}, set())

    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_named_with_the_file_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "first").write_text("old")
    (tmp_path / "orphan").touch()
    (tmp_path / f".second.{os.getpid()}").symlink_to(FULL)

    with pytest.raises(FileError, match=r"^cannot write second: No space left on device$"):
        write(tmp_path, {"first": "new", "second": "text"}, {"first", "orphan"})

    assert {path.name for path in tmp_path.iterdir()} == {"first", "orphan"}
    assert (tmp_path / "first").read_text() == "old"


def test_a_folder_that_cannot_be_made_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "modules").touch()

    with pytest.raises(FileError, match=r"^cannot write modules/data/main\.tf\.json: "):
        write(tmp_path, {"modules/data/main.tf.json": "{}"}, set())


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(FileError, match=r"^cannot read taken: Is a directory$"):
        differences(tmp_path, {"taken": "text"}, {"taken"})


def test_an_orphan_that_cannot_be_removed_is_named(tmp_path: Path) -> None:
    (tmp_path / "orphan").mkdir()

    with pytest.raises(FileError, match=r"^cannot remove orphan: "):
        write(tmp_path, {}, {"orphan"})
