"""Any settings file is either refused with an explanation, and nothing is written, or its result is valid."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from generate.__main__ import OK, UNUSABLE, main
from generate.structs import MAXIMUM_INTEGER
from handlers.domain.configuration import read_configuration
from ops.terraform.provider import LOCK_FILE
from tests.proofs.fuzz.bad_json import damaged
from tests.proofs.fuzz.bad_settings import NUMBERS, TEXTS, Assignments, assignments, changed, literal, written
from tests.proofs.fuzz.effort import EFFORTS, Effort
from tests.support.proving import Figures
from tests.support.sample import ENVIRONMENT, SAMPLE, SETTINGS, write_settings

pytestmark = [pytest.mark.proof("bad inputs"), pytest.mark.timeout(900)]

VALID: Final = (SAMPLE / SETTINGS).read_text(encoding="utf-8")
_PROBLEM: Final = f"  - {SETTINGS}: "
_LONGEST_PROBLEM: Final = 2_000
Tree = dict[str, bytes]


class GeneratorRun:
    """A project's folder with settings of the account and of dev, and runs of the generator in it."""

    def __init__(self, root: Path, output: pytest.CaptureFixture[str]) -> None:
        write_settings(root)
        (root / "envs" / ENVIRONMENT / LOCK_FILE).unlink()
        self.root, self.output = root, output
        assert self.run(VALID.encode()) == OK
        self.templates = set(templates(self.document()))

    def run(self, settings: bytes, *words: str) -> int:
        """Generate from the bytes of a settings file; the arguments are `--env dev` by default."""
        (self.root / SETTINGS).write_bytes(settings)
        return main(["--root", str(self.root), *(words or ("--env", "dev"))])

    def tree(self) -> Tree:
        """Every file's content by its path, except the settings."""
        paths = sorted(path for path in self.root.rglob("*") if path.is_file() and path != self.root / SETTINGS)
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}

    def document(self) -> dict[str, Any]:
        """The root module of dev as written."""
        document: dict[str, Any] = json.loads((self.root / "envs/dev/main.tf.json").read_text(encoding="utf-8"))
        return document

    def check(self, settings: bytes, *words: str) -> int:
        """Generate, and check what must be true for every settings file."""
        before = self.tree()
        code = self.run(settings, *words)
        printed, errors = self.output.readouterr()
        assert code in (OK, UNUSABLE)
        if code == UNUSABLE:
            assert self.tree() == before
            assert not printed
            heading, *problems = errors.splitlines()
            assert heading.startswith("the settings are not usable: "), errors[:2000]
            assert problems
            assert all(problem.startswith(_PROBLEM) for problem in problems), errors[:2000]
            assert all(len(problem) < _LONGEST_PROBLEM for problem in problems), errors[:2000]
            assert all(problem.isprintable() for problem in problems)
        else:
            assert not errors
            self.check_result()
        return code

    def check_result(self) -> None:
        """Assert that only the generator's own templates are written, and a configuration that the handlers accept."""
        document = self.document()
        assert set(templates(document)) <= self.templates
        assert all(abs(number) <= MAXIMUM_INTEGER for number in integers(document))
        config = json.dumps(document["module"]["data"]["config"])
        assert len(config) <= 4096 * 12
        read_configuration(config)


def strings(value: object) -> Iterator[str]:
    """Every text in JSON, keys included."""
    if isinstance(value, str):
        yield value
    for inner in value.items() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from strings(inner)


def templates(document: object) -> Iterator[str]:
    """Every text that Terraform would evaluate as a template."""
    return (text for text in strings(document) if "${" in text or "%{" in text)


def integers(value: object) -> Iterator[int]:
    """Every integer in JSON."""
    if isinstance(value, int):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from integers(inner)


@pytest.fixture
def generator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> GeneratorRun:
    generator = GeneratorRun(tmp_path, capsys)
    capsys.readouterr()
    return generator


@pytest.mark.parametrize("effort", EFFORTS)
def test_changed_settings(generator: GeneratorRun, figures: Figures, effort: Effort) -> None:
    def check(text: str) -> None:
        code = generator.check(text.encode())
        figures.count(f"changed settings files, {'accepted and valid' if code == OK else 'refused'}")

    effort.explore(2_000, changed(assignments(VALID)), check)


def traps() -> Iterator[Assignments]:
    """Settings with each odd text as a text, and each odd number as a number."""
    for text in TEXTS:
        endpoint = f'[{{protocol = "https", endpoint = {literal(f"https://{text}")}}}]'
        yield {("config", "rules", text, "min"): "1"}
        yield {("tags", "team"): literal(text), ("queueing", "subscriptions"): endpoint}
    for number in NUMBERS:
        yield {("config", "rules", "temperature", "min"): number}
        yield {("functions", "query", "reserved_concurrency"): number}


@pytest.mark.long
def test_each_known_trap(generator: GeneratorRun, figures: Figures) -> None:
    for change in traps():
        code = generator.check(written(assignments(VALID) | change).encode())
        figures.count(f"traps of settings, {'accepted and valid' if code == OK else 'refused'}")


@pytest.mark.parametrize("effort", EFFORTS)
def test_damaged_settings(generator: GeneratorRun, figures: Figures, effort: Effort) -> None:
    def check(settings: bytes) -> None:
        code = generator.check(settings)
        figures.count(f"damaged settings files, {'accepted and valid' if code == OK else 'refused'}")

    effort.explore(2_000, damaged(st.just(VALID)) | st.binary(max_size=200), check)


NOT_A_SETTING: Final = [
    ("--env", "../dev"),
    ("--env", ""),
    ("--env", "\x00"),
    ("--env", "dev\n"),
    ("--env", "account"),
    ("--env", "d" * 100_000),
    ("--env", "\udcff"),
    ("new", "dev/../x"),
    ("new", "Prod"),
    ("new", "dev"),
    ("new", "\x1b[31m"),
    ("new", "pr-1", "--from", "nowhere"),
    ("new", "pr-1", "--from", "../dev"),
    ("new", "pr-1", "--from", "dev"),
]
"""Invalid command lines; for the last one there is no lock file to copy."""


@pytest.mark.parametrize("words", NOT_A_SETTING, ids=lambda words: ascii(words)[:60])
def test_odd_command_lines(generator: GeneratorRun, figures: Figures, words: tuple[str, ...]) -> None:
    before = generator.tree()

    assert generator.run(VALID.encode(), *words) == UNUSABLE

    printed, errors = generator.output.readouterr()
    assert not printed
    assert errors
    assert generator.tree() == before
    assert sorted(path.name for path in (generator.root / "envs").iterdir()) == ["account", "dev"]
    figures.count("odd command lines of the generator")


def test_no_environment_is_created_where_the_accounts_settings_are_invalid(
    generator: GeneratorRun, figures: Figures
) -> None:
    (generator.root / "envs/dev/.terraform.lock.hcl").touch()
    (generator.root / "envs/account/settings.toml").write_text("region = 1")

    assert generator.run(VALID.encode(), "new", "pr-1") == UNUSABLE

    assert "envs/account/settings.toml: region = 1" in generator.output.readouterr().err
    assert not (generator.root / "envs/pr-1").exists()
    figures.count("new environments with invalid settings of the account")
