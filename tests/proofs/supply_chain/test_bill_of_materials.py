"""The layer's bill of materials is valid, lists what the archive has and nothing else, and is reproducible."""

import hashlib
import json
import os
import re
import shutil
import zipfile
from email.parser import Parser
from importlib.metadata import packages_distributions
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from ops.packaging.archive import zip_bytes
from ops.packaging.bill_of_materials import write_bill_of_materials
from ops.packaging.packages import package_for_aws
from ops.project.errors import PackagingError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.pins import read_pins
from tests.support.proving import Figures
from tests.support.sample import ENVIRONMENT, link_code, write_settings

REQUIREMENTS = ROOT / "ops" / "setup" / "requirements" / "layer.txt"


@pytest.fixture(scope="module")
def packages() -> Path:
    """What `make package ENV=dev` writes, kept for the next run."""
    project = ROOT / "build" / "sample"
    write_settings(project)
    link_code(project)
    return package_for_aws(project, ENVIRONMENT, Progress(StringIO()))


@pytest.fixture(scope="module")
def text(packages: Path) -> str:
    return (packages / "layer.cdx.json").read_text()


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, dict[str, Any]]:
    return {canonicalize_name(component["name"]): component for component in json.loads(text)["components"]}


def write_layer(folder: Path, version: str) -> Path:
    path = folder / f"layer-{version}.zip"
    path.write_bytes(zip_bytes({"python/some-1.dist-info/METADATA": f"Name: some\nVersion: {version}\n".encode()}))
    return path


def write_pins(folder: Path, *versions: str) -> Path:
    path = folder / "layer.txt"
    path.write_text("".join(f"some=={version} \\\n    --hash=sha256:{'a' * 64}\n" for version in versions))
    return path


def test_it_is_valid_by_cyclonedxs_own_schema(text: str) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"purl"', '"url"')) is not None


@pytest.mark.proof("supply chain")
def test_it_lists_what_the_archive_has_and_nothing_else(
    packages: Path, components: dict[str, dict[str, Any]], figures: Figures
) -> None:
    with zipfile.ZipFile(packages / "layer.zip") as archive:
        names = archive.namelist()
        found = [Parser().parsestr(archive.read(name).decode()) for name in names if name.endswith("/METADATA")]
    installed = {metadata["Name"].lower().replace("_", "-"): metadata["Version"] for metadata in found}
    assert {name: component["version"] for name, component in components.items()} == installed

    top = {re.split(r"[/.]", name.removeprefix("python/"))[0] for name in names if ".dist-info/" not in name}
    owners = {module: packages_distributions()[module] for module in top - {"__pycache__"}}
    assert {owner.lower().replace("_", "-") for owned in owners.values() for owner in owned} == set(components)
    figures.tried("packages in the archive and in its bill of materials", len(components))
    figures.tried("modules in the archive that a listed package owns", len(owners))


@pytest.mark.proof("supply chain")
def test_each_component_has_its_address_its_licence_and_the_locks_hashes(
    components: dict[str, dict[str, Any]], figures: Figures
) -> None:
    pins = {pin.name: pin for pin in read_pins(REQUIREMENTS)}
    for name, component in components.items():
        assert component["purl"] == f"pkg:pypi/{name}@{component['version']}"
        assert component["licenses"]
        hashes = {f"{entry['alg'].lower().replace('-', '')}:{entry['content']}" for entry in component["hashes"]}
        assert hashes == set(pins[name].hashes)
        figures.tried("hashes of the lock in the bill of materials", len(hashes))


def test_it_names_the_archive_by_its_digest(packages: Path, text: str) -> None:
    (digest,) = json.loads(text)["metadata"]["component"]["hashes"]

    assert digest == {"alg": "SHA-256", "content": hashlib.sha256((packages / "layer.zip").read_bytes()).hexdigest()}


def test_the_same_archive_gives_the_same_bytes(packages: Path, text: str, tmp_path: Path, progress: Progress) -> None:
    copy = Path(shutil.copy(packages / "layer.zip", tmp_path / "layer.zip"))

    assert write_bill_of_materials(copy, REQUIREMENTS, progress).read_text() == text


def test_another_archive_replaces_it(tmp_path: Path, progress: Progress) -> None:
    pins = write_pins(tmp_path, "1.0", "1.1")
    layer = write_layer(tmp_path, "1.0")
    written = write_bill_of_materials(layer, pins, progress)
    before = written.read_text()
    layer.write_bytes(write_layer(tmp_path, "1.1").read_bytes())
    os.utime(written, (0, 0))

    assert write_bill_of_materials(layer, pins, progress) == written
    assert ('"1.0"' in before, '"1.1"' in written.read_text()) == (True, True)


@pytest.mark.proof("supply chain")
def test_what_is_not_pinned_is_refused(tmp_path: Path, progress: Progress, figures: Figures) -> None:
    layer = write_layer(tmp_path, "1.0")

    with pytest.raises(PackagingError, match=r"layer-1\.0\.zip has some 1\.0, which is not pinned"):
        write_bill_of_materials(layer, write_pins(tmp_path, "2.0"), progress)
    assert not layer.with_suffix(".cdx.json").exists()
    figures.count("packages beyond the lock refused")
