"""The check of words finds a word or a phrase that the project does not use, in prose and in identifiers."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ops.project.paths import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["codespell"]
WORDS = [line.partition("->")[0] for line in (ROOT / SETTINGS["dictionary"]).read_text().splitlines()]


def found_in(path: Path) -> list[str]:
    """The words that codespell reports, with the project's own settings."""
    done = subprocess.run(  # noqa: S603  # codespell of this environment
        [sys.executable, "-m", "codespell_lib", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == bool(done.stdout)
    return re.findall(r": ([^:]*?) ==>", done.stdout)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_and_phrase_is_looked_for(word: str) -> None:
    assert re.findall(SETTINGS["regex"], f"({word})") == [word]


def test_the_dictionary_is_in_alphabetical_order() -> None:
    assert sorted(set(WORDS)) == WORDS


def test_prose_and_identifiers_are_searched(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def tell_story(MENDED, remedyFor):\n    # it is put off, then Comes back\n")

    assert found_in(tmp_path / "bad.py") == ["tell", "story", "MENDED", "remedy", "put off", "Comes back"]


def test_names_of_files_are_searched(tmp_path: Path) -> None:
    (tmp_path / "stories.py").write_text("")

    assert found_in(tmp_path / "stories.py") == ["stories"]


def test_parts_of_other_words_are_not(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("Recommended: storage, intelligence, history; a stand-in; the putt offers.\n")

    assert found_in(tmp_path / "good.md") == []


def test_released_versions_of_the_changelog_are_left_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text("## 0.2.0\n- told\n\n## 0.1.0 (2026-11-28)\n- mended\n")

    assert found_in(tmp_path / "CHANGELOG.md") == ["told"]
