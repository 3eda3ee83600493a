"""A new environment's settings name it, and its share of the account's concurrency is reported."""

import errno
import shutil
from pathlib import Path

import pytest

from generate.__main__ import OK, UNUSABLE, main
from generate.naming import FUNCTIONS
from generate.new import renamed
from generate.reading import environment_names, read_environment
from tests.support.sample import write_settings

ROOT = Path(__file__).parent.parent.parent
TITLE = "# Settings of the environment pr-1. What is not named here has its default.\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The tests' own environment."""
    write_settings(tmp_path)
    return tmp_path


@pytest.fixture
def own_tree(tmp_path: Path) -> Path:
    """The project's own environments."""
    shutil.copytree(ROOT / "envs", tmp_path / "envs")
    return tmp_path


@pytest.mark.parametrize("source", environment_names(ROOT))
def test_the_first_comment_names_the_new_environment_alone(own_tree: Path, source: str) -> None:
    tree = own_tree
    assert main(["--root", str(tree), "new", "pr-1", "--from", source]) == OK

    lines = (tree / "envs/pr-1/settings.toml").read_text().splitlines(keepends=True)
    before = (tree / f"envs/{source}/settings.toml").read_text().splitlines(keepends=True)
    has_schema = before[0].startswith("#:schema")
    assert lines[: 1 + has_schema] == [*before[:has_schema], TITLE]
    assert lines[-len(before[2:]) :] == before[2:]
    assert read_environment(tree, "pr-1").values() == read_environment(tree, source).values() | {"environment": "pr-1"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", TITLE),
        ("region = 'x'\n", f"{TITLE}region = 'x'\n"),
        ("# of dev\n# Copyright\n\n# dev again\n", f"{TITLE}# Copyright\n\n# dev again\n"),
        ("# for dev-2 and devices\n", f"{TITLE}# for dev-2 and devices\n"),
        ("#:schema dev.json\r\n# dev\r\na = 1\r\n", f"#:schema dev.json\r\n{TITLE[:-1]}\r\na = 1\r\n"),
        ("# dev", TITLE),
    ],
)
def test_other_comments_and_line_ends_stay(settings: str, expected: str) -> None:
    assert renamed(settings, "dev", "pr-1") == expected


def test_a_byte_order_mark_stays_at_the_beginning_or_goes(tree: Path) -> None:
    file = tree / "envs/dev/settings.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert main(["--root", str(tree), "new", "pr-1"]) == OK
    assert b"\xef\xbb\xbf" not in (tree / "envs/pr-1/settings.toml").read_bytes()


def test_what_it_reserves_is_reported(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tree / "envs/dev/settings.toml"
    file.write_text(f"{file.read_text()}\n[functions.query]\nreserved_concurrency = 7\n")

    assert main(["--root", str(tree), "new", "pr-1"]) == OK

    last = capsys.readouterr().out.splitlines()[-1]
    parts = ", ".join(f"{name} {7 if name == 'query' else 100}" for name in FUNCTIONS)
    total = 100 * (len(FUNCTIONS) - 1) + 7
    assert last.startswith(f"pr-1 reserves {total} concurrent executions of Lambda ({parts}) in us-east-1.")
    assert "`make doctor ENV=pr-1`" in last


@pytest.mark.parametrize("file", ["settings.toml", ".terraform.lock.hcl"])
def test_a_full_disk_leaves_nothing_of_it(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == file:
            path.touch()
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)

    assert main(["--root", str(tree), "new", "pr-1"]) == UNUSABLE

    assert capsys.readouterr().err == f"cannot write envs/pr-1/{file}: No space left on device\n"
    assert not (tree / "envs/pr-1").exists()
