"""Whatever is fetched to build, test or run the project is pinned by a hash or a full commit."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.setup import pinning
from ops.setup.installer import PINS
from ops.setup.pins import read_pins
from tests.support.proving import Figures

REQUIREMENTS = sorted([*PINS.glob("*.txt"), *ROOT.glob("bench/requirements/*.txt")])
INSTALLING = {"bench/developing.py", "ops/setup/environments.py", "ops/setup/installer.py", "ops/packaging/layer.py"}
"""The only places that install a package; each demands hashes."""
INTERPRETERS = "ops/packaging/target.py"
"""Fetches an interpreter, which uv compares with the checksums that it has itself."""
WEEKLY = ".github/workflows/fresh.yml"
"""Installs the project itself as its users do, with what the index has on the day: that is what it watches."""
FETCHING = {"ops/terraform/toolchain.py", "ops/local/server.py"}
"""The only places that open an address: Terraform's release, compared with its checksums, and our own loopback."""


def scripts() -> Iterator[Path]:
    """Everything of the project that runs: recipes, workflows, scripts, and the operating commands."""
    yield ROOT / "Makefile"
    for folder, pattern in ((".ci", "*"), (".github", "*"), ("ops", "*.py"), ("generate", "*.py"), ("bench", "*.py")):
        yield from (path for path in sorted((ROOT / folder).rglob(pattern)) if path.is_file())


def commands(path: Path) -> str:
    """What of a file may run: of Python its strings' words, without the docstrings; of anything else its text."""
    text = path.read_text()
    if path.suffix != ".py":
        return re.sub(r"(^|\s)#.*", "", text)
    tree = ast.parse(text)
    lists = [node for node in ast.walk(tree) if isinstance(node, ast.List | ast.Tuple)]
    return "\n".join(" ".join(filter(None, map(word, node.elts))) for node in lists)


def word(element: ast.expr) -> str:
    """An element of a command: a string, or the uv that is found; `install` and `sync` count as pip's."""
    if isinstance(element, ast.Constant):
        return f"pip {element.value}" if element.value in ("install", "sync") else str(element.value)
    return "uv" if ast.unparse(element).startswith("find_uv(") else ""


@pytest.mark.proof("supply chain")
@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_has_one_version_and_hashes(path: Path, figures: Figures) -> None:
    pins = read_pins(path)

    assert not [pin for pin in pins if not pin.version]
    assert not [pin for pin in pins if not pin.hashes]
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for pin in pins for digest in pin.hashes)
    figures.tried("requirements with a version and hashes", len(pins))


def test_every_file_of_requirements_is_locked() -> None:
    ours = [PINS / f"{name}.txt" for name in pinning.SOURCES]
    peers = [path.with_suffix(".txt") for path in ROOT.glob("bench/requirements/*.in")]
    assert sorted(ours + peers) == REQUIREMENTS


def test_every_group_of_the_project_has_a_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert {*project["dependency-groups"], "project"} == set(pinning.SOURCES)


def test_what_runs_alone_is_part_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]

    assert {*groups["generate"], *groups["layer"]} <= set(project["project"]["dependencies"])


def test_the_project_is_installed_in_the_versions_that_development_has() -> None:
    development = {(pin.name, pin.version) for pin in read_pins(PINS / "dev.txt")}

    assert {(pin.name, pin.version) for pin in read_pins(PINS / "project.txt")} <= development


def test_no_file_of_requirements_names_an_index() -> None:
    assert not [path.name for path in REQUIREMENTS if re.search(r"https?://|--(extra-)?index-url", path.read_text())]


def test_any_pip_can_install_the_installer() -> None:
    (pin,) = read_pins(PINS / "uv.txt")

    assert (pin.name, "[" in (PINS / "uv.txt").read_text()) == ("uv", False)


@pytest.mark.proof("supply chain")
def test_every_action_is_pinned_by_its_commit(figures: Figures) -> None:
    used = [
        found
        for path in (ROOT / ".github").rglob("*.y*ml")
        for found in re.findall(r"^\s*(?:- )?uses:\s*(\S+)", path.read_text(), flags=re.MULTILINE)
    ]

    assert [found for found in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", found)] == []
    figures.tried("actions pinned by a full commit", len(used))


def test_the_two_commands_run_every_week_without_a_cache() -> None:
    commands = re.findall(r"^make \w+", (ROOT / "README.md").read_text(), flags=re.MULTILINE)[:2]
    workflow = (ROOT / WEEKLY).read_text()

    assert all(f"run: {command}\n" in workflow for command in commands)
    assert "cron:" in workflow
    assert not re.search(r"^\s*(uses: actions/cache|cache)", workflow, flags=re.MULTILINE)


@pytest.mark.proof("supply chain")
def test_nothing_else_installs_or_fetches(figures: Figures) -> None:
    texts = {path.relative_to(ROOT).as_posix(): commands(path) for path in scripts()}
    installers = (
        r"pip3? (install|sync)|pip_install|uv (pip|tool|run)|uvx|pipx|np[mx]|apt(-get)? |brew |cargo |go install"
    )
    installing = {name for name, text in texts.items() if re.search(installers, text)}
    sources = {name: (ROOT / name).read_text() for name in texts}
    fetchers = r"\bcurl\b|\bwget\b|urlretrieve|urlopen|build_opener|PoolManager|requests\.get|docker (run|pull)"
    fetching = {name for name, text in sources.items() if re.search(fetchers, text)}

    assert installing == {*INSTALLING, INTERPRETERS, WEEKLY}
    assert all("--require-hashes" in texts[name] for name in INSTALLING)
    assert fetching == FETCHING
    figures.tried("scripts and commands that install nothing without a hash", len(texts))


@pytest.mark.proof("supply chain")
def test_every_root_locks_its_provider_by_hash(figures: Figures) -> None:
    for root in sorted(path.parent for path in (ROOT / "envs").glob("*/versions.tf.json")):
        locked = (root / ".terraform.lock.hcl").read_text()
        assert re.findall(r"^provider ", locked, flags=re.MULTILINE)
        assert len(re.findall(r'"(?:h1|zh):', locked)) >= len(re.findall(r"^provider ", locked, flags=re.MULTILINE))
        figures.count("roots that lock the provider by hash")


def test_a_line_that_is_no_requirement_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("# a comment\none==1.0 \\\n    --hash=sha256:aa\n    # via x\n\nno requirement\n")

    with pytest.raises(OpsError, match=r"some\.txt: .*\n +no requirement"):
        read_pins(path)


def test_a_range_pins_no_version(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("one>=1.0\ntwo==2.*\nThree_3==3 ; sys_platform == 'none'\n")

    found = [(pin.name, pin.version, pin.applies) for pin in read_pins(path)]
    assert found == [("one", None, True), ("two", None, True), ("three-3", "3", False)]
