"""Packages hold what their function needs and nothing else, and are the same bytes from the same inputs."""

import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path, PurePosixPath

import pytest

from generate.naming import FUNCTIONS, LAYER_PACKAGE, package_name
from ops.packaging.archive import with_bytecode, zip_bytes
from ops.packaging.closure import module_closure
from ops.packaging.layer import is_kept
from ops.packaging.packages import build_packages
from ops.packaging.target import Target, host_target, lambda_target
from ops.project.errors import OpsError, PackagingError
from ops.project.progress import Progress

SOURCES = {
    **{f"handlers/{name}.py": "" for name in FUNCTIONS},
    "handlers/__init__.py": "",
    "handlers/ingestion.py": "from handlers import shared\nfrom handlers.own import tool\n",
    "handlers/processor.py": "import handlers.shared\n",
    "handlers/query.py": "from .shared import value\n",
    "handlers/shared.py": "import json\nvalue = {1, 2}\n",
    "handlers/own/__init__.py": "",
    "handlers/own/tool.py": "def late() -> None:\n    import handlers.late\n",
    "handlers/late.py": "",
    "handlers/unused.py": "",
    "ops/setup/requirements/layer.txt": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def target() -> Target:
    return host_target(Path(sys.executable))


def names(entry: str, project: Path) -> list[str]:
    return [path.relative_to(project).as_posix() for path in module_closure(entry, project)]


def test_the_closure_follows_imports_and_brings_the_packages(project: Path) -> None:
    assert names("handlers.ingestion", project) == [
        "handlers/__init__.py",
        "handlers/ingestion.py",
        "handlers/late.py",
        "handlers/own/__init__.py",
        "handlers/own/tool.py",
        "handlers/shared.py",
    ]


def test_the_closure_follows_relative_imports(project: Path) -> None:
    assert names("handlers.query", project) == ["handlers/__init__.py", "handlers/query.py", "handlers/shared.py"]


def test_the_closure_has_the_data_beside_a_module(project: Path) -> None:
    (project / "handlers/shared.json").write_text("{}")
    (project / "handlers/unused.json").write_text("{}")

    assert "handlers/shared.json" in names("handlers.query", project)
    assert "handlers/unused.json" not in names("handlers.query", project)


def test_an_import_of_what_is_not_there_is_named(project: Path) -> None:
    (project / "handlers/query.py").write_text("import handlers.missing\n")

    with pytest.raises(PackagingError, match=r"handlers\.query: there is no module handlers\.missing"):
        module_closure("handlers.query", project)
    with pytest.raises(PackagingError, match=r"there is no module handlers\.nothing"):
        module_closure("handlers.nothing", project)


def test_a_zip_depends_on_its_content_alone() -> None:
    one = zip_bytes({"b.py": b"2", "a.py": b"1"})

    assert one == zip_bytes({"a.py": b"1", "b.py": b"2"})
    assert one != zip_bytes({"a.py": b"1", "b.py": b"3"})


def test_what_a_zip_unpacks_may_be_read_by_everyone(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_bytes({"folder/a.py": b"1"}))

    with zipfile.ZipFile(tmp_path / "a.zip") as built:
        assert [entry.external_attr >> 16 for entry in built.infolist()] == [0o100644]


def test_bytecode_is_used_whatever_the_times_of_the_sources_are(tmp_path: Path) -> None:
    files = with_bytecode({"a.py": b"x = {'b', 'c'}\n"}, Path(sys.executable), "/var/task")
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a.py").write_text("raise SystemError\n")

    done = subprocess.run([sys.executable, "-c", "import a"], cwd=tmp_path, check=False)

    assert done.returncode == 0
    assert files == with_bytecode({"a.py": b"x = {'b', 'c'}\n"}, Path(sys.executable), "/var/task")


def test_a_source_that_does_not_compile_is_named() -> None:
    with pytest.raises(PackagingError, match=r"bad\.py"):
        with_bytecode({"bad.py": b"def"}, Path(sys.executable), "/var/task")


@pytest.mark.parametrize(
    "path",
    [
        "pkg/tests/test_a.py",
        "pkg-1.0.dist-info/RECORD",
        "pkg-1.0.dist-info/direct_url.json",
        "pkg-1.0.dist-info/uv_cache.json",
        ".lock",
        "pkg/a.pyi",
        "pkg/py.typed",
        "bin/tool",
        "pkg-stubs/a.py",
        "pkg/__pycache__/a.cpython-39.pyc",
    ],
)
def test_what_is_never_imported_stays_out_of_the_layer(path: str) -> None:
    assert not is_kept(PurePosixPath(path))


@pytest.mark.parametrize(
    "path", ["pkg/a.py", "pkg/_native.so", "pkg/data.json", "pkg-1.0.dist-info/METADATA", "RECORD"]
)
def test_what_may_be_imported_or_read_stays(path: str) -> None:
    assert is_kept(PurePosixPath(path))


def test_packages_are_the_same_bytes_in_another_folder(project: Path, target: Target, progress: Progress) -> None:
    first = build_packages(project, target, project / "one", progress)
    second = build_packages(project, target, project / "two", progress)

    assert [path.name for path in first] == [*map(package_name, FUNCTIONS), LAYER_PACKAGE]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_digest_is_the_same_with_and_without_bytecode(project: Path, target: Target, progress: Progress) -> None:
    one, two = project / "one", project / "two"
    build_packages(project, target, one, progress)
    build_packages(project, target._replace(compiler=None), two, progress)

    digests = {path.name: path.read_text() for path in one.glob("*.digest")}

    assert len(digests) == 4
    assert digests == {path.name: path.read_text() for path in two.glob("*.digest")}
    assert (one / "data-ingestion.zip").read_bytes() != (two / "data-ingestion.zip").read_bytes()


def test_the_digest_follows_the_content(project: Path, target: Target, progress: Progress) -> None:
    build_packages(project, target, project / "out", progress)
    before = {path.name: path.read_text() for path in project.glob("out/*.digest")}
    (project / "handlers/own/tool.py").write_text("changed = True\n")

    build_packages(project, target, project / "out", progress)

    after = {path.name: path.read_text() for path in project.glob("out/*.digest")}
    assert {name for name in after if after[name] != before[name]} == {"data-ingestion.zip.digest"}


def test_a_change_of_one_function_touches_no_other(
    project: Path, target: Target, progress: Progress, said: StringIO
) -> None:
    before = {path.name: path.read_bytes() for path in build_packages(project, target, project / "out", progress)}
    said.truncate(0)
    (project / "handlers/own/tool.py").write_text("changed = True\n")

    after = {path.name: path.read_bytes() for path in build_packages(project, target, project / "out", progress)}

    assert {name for name in after if after[name] != before[name]} == {package_name("ingestion")}
    assert said.getvalue().count(", unchanged") == 3


def test_an_interrupted_build_is_built_again(project: Path, target: Target, progress: Progress) -> None:
    package = build_packages(project, target, project / "out", progress)[0]
    whole = package.read_bytes()
    package.unlink()

    build_packages(project, target, project / "out", progress)

    assert package.read_bytes() == whole


@pytest.mark.parametrize(
    ("runtime", "architecture", "platform"),
    [("python3.11", "x86_64", "x86_64-manylinux_2_17"), ("python3.13", "arm64", "aarch64-manylinux_2_34")],
)
def test_wheels_are_those_that_the_runtime_can_load(
    runtime: str, architecture: str, platform: str, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.packaging.target.find_interpreter", lambda _version, _progress: None)

    wheels = lambda_target(runtime, architecture, progress).wheels

    options = dict(zip(wheels[::2], wheels[1::2], strict=True))
    assert options == {"--python-platform": platform, "--python-version": runtime.removeprefix("python")}


def test_a_missing_interpreter_is_reported_and_leaves_out_the_bytecode(
    project: Path, target: Target, progress: Progress, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.packaging.target.find_interpreter", lambda _version, _progress: None)
    compiler = lambda_target("python3.99", "x86_64", progress).compiler

    packages = build_packages(project, target._replace(compiler=compiler), project / "out", progress)

    assert "no Python 3.99 on this machine" in said.getvalue()
    with zipfile.ZipFile(packages[0]) as built:
        assert not [name for name in built.namelist() if name.endswith(".pyc")]


def test_a_layer_that_cannot_be_installed_shows_uvs_output(project: Path, target: Target, progress: Progress) -> None:
    (project / "ops/setup/requirements/layer.txt").write_text("this is no requirement\n")

    with pytest.raises(OpsError, match=r"installing layer\.txt for .* failed:(?s:.*)no requirement"):
        build_packages(project, target, project / "out", progress)
