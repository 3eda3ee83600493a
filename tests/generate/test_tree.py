"""Files are replaced whole, or not at all."""

from pathlib import Path

import pytest

from generate.tree import write


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(OSError, match="taken"):
        write(tmp_path, {"taken": "text"}, set())

    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
