"""The layer's bill of materials is valid, says what the archive holds and nothing else, and is reproducible."""

import json
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
    """What `make package ENV=dev` makes, kept for the next run."""
    project = ROOT / "build" / "sample"
    write_settings(project)
    link_code(project)
    return package_for_aws(project, ENVIRONMENT, Progress(StringIO()))


@pytest.fixture(scope="module")
def text(packages: Path) -> str:
    return (packages / "layer.cdx.json").read_text()


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, dict[str, Any]]:
    return {component["name"]: component for component in json.loads(text)["components"]}


def layer(path: Path, metadata: str) -> Path:
    path.write_bytes(zip_bytes({"python/some-1.0.dist-info/METADATA": metadata.encode()}))
    return path


def requirements(folder: Path, version: str) -> Path:
    path = folder / "layer.txt"
    path.write_text(f"some=={version} \\\n    --hash=sha256:{'a' * 64}\n")
    return path


def test_it_is_valid_by_cyclonedxs_own_schema(text: str) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"purl"', '"url"')) is not None


@pytest.mark.proof("supply chain")
def test_it_lists_what_the_archive_holds_and_nothing_else(
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


def test_the_same_archive_gives_the_same_bytes(packages: Path, text: str, tmp_path: Path) -> None:
    copy = Path(shutil.copy(packages / "layer.zip", tmp_path / "layer.zip"))

    assert write_bill_of_materials(copy, REQUIREMENTS).read_text() == text


def test_another_archive_has_another_serial_number(tmp_path: Path) -> None:
    documents = [
        json.loads(
            write_bill_of_materials(
                layer(tmp_path / "layer.zip", f"Name: some\nVersion: {version}\n"), requirements(tmp_path, version)
            ).read_text()
        )
        for version in ("1.0", "1.1")
    ]

    assert documents[0]["serialNumber"] != documents[1]["serialNumber"]


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0", {"expression": "MIT OR Apache-2.0"}),
        ("License: Apache-2.0", {"license": {"id": "Apache-2.0"}}),
        ("License: as you like", {"license": {"name": "as you like"}}),
        ("Classifier: License :: OSI Approved :: BSD License", {"license": {"name": "BSD License"}}),
    ],
)
def test_a_licence_is_what_the_metadata_say(said: str, licence: dict[str, Any], tmp_path: Path) -> None:
    archive = layer(tmp_path / "layer.zip", f"Name: some\nVersion: 1.0\n{said}\n")

    document = json.loads(write_bill_of_materials(archive, requirements(tmp_path, "1.0")).read_text())

    (found,) = document["components"][0]["licenses"]
    found.get("license", found).pop("acknowledgement", None)
    assert found == licence


@pytest.mark.proof("supply chain")
def test_what_is_not_pinned_is_refused(tmp_path: Path, figures: Figures) -> None:
    archive = layer(tmp_path / "layer.zip", "Name: some\nVersion: 1.0\n")

    with pytest.raises(PackagingError, match=r"layer\.zip holds some 1\.0, which is not pinned"):
        write_bill_of_materials(archive, requirements(tmp_path, "2.0"))
    figures.count("packages beyond the lock refused")
