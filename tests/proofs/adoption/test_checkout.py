"""A checkout has the same bytes on every machine: digests of packages and generated files do not depend on git."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from generate.naming import FUNCTIONS
from ops.packaging.closure import module_closure
from ops.project.digest import read_parts
from tests.proofs.adoption.tree_copy import copy_tree

ATTRIBUTES: Final = ".gitattributes"
GENERATED: Final = ("*.tf.json", "*.schema.json", ".terraform.lock.hcl", "openapi.json", "*.md")
CONFIGURATIONS: Final = {
    "autocrlf=true": ("core.autocrlf=true",),
    "autocrlf=input": ("core.autocrlf=input",),
    "eol=crlf": ("core.autocrlf=false", "core.eol=crlf"),
}


def git(folder: Path, *words: str, configuration: Iterable[str] = ()) -> None:
    """Run git with this configuration, and without the user's."""
    settings = [word for each in ("user.name=a", "user.email=a@example.com", *configuration) for word in ("-c", each)]
    no_user_configuration = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *settings, *words], cwd=folder, env={**variables, **no_user_configuration}, check=True)  # noqa: S603, S607


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree, committed."""
    folder = tmp_path_factory.mktemp("repository") / "tree"
    copy_tree(folder)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "First commit")
    return folder


def packaged(root: Path) -> dict[str, bytes]:
    """The files of the functions' packages, and the pins of their layer."""
    sources = [path for name in FUNCTIONS for path in module_closure(f"handlers.{name}", root)]
    return read_parts([*sources, root / "ops" / "setup" / "requirements" / "layer.txt"], root)


def all_files(root: Path) -> dict[str, bytes]:
    """Every file of a tree except git's own."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return read_parts(paths, root)


@pytest.mark.parametrize("configuration", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_clone_has_the_same_bytes(repository: Path, tmp_path: Path, configuration: tuple[str, ...]) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(clone), configuration=configuration)

    assert packaged(clone) == packaged(repository)
    found, expected = all_files(clone), all_files(repository)
    assert found.keys() == expected.keys()
    assert [name for name, content in expected.items() if found[name] != content] == []
    assert all(any(Path(name).match(pattern) for name in found) for pattern in GENERATED)


def test_without_gitattributes_the_bytes_would_differ(repository: Path, tmp_path: Path) -> None:
    bare, clone = tmp_path / "bare", tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(bare))
    git(bare, "rm", "--quiet", ATTRIBUTES)
    git(bare, "commit", "--quiet", "--message", "Without the attributes")

    git(tmp_path, "clone", "--quiet", str(bare), str(clone), configuration=CONFIGURATIONS["autocrlf=true"])

    assert packaged(clone) != packaged(repository)
