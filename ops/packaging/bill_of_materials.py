"""Writes what the layer consists of as a CycloneDX document, with CycloneDX's own command."""

import hashlib
import json
import subprocess
import venv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.utils import canonicalize_name

from ops.project.errors import PackagingError
from ops.project.progress import Progress
from ops.setup.environments import ensure
from ops.setup.pins import read_pins


def write_bill_of_materials(layer: Path, requirements: Path, progress: Progress) -> Path:
    """Write the layer's bill of materials beside it, unless it is there and no older.

    Args:
        layer: The layer's archive.
        requirements: The file of pins that it was installed from: the document has their hashes.
        progress: Shows that the command is installed, once.

    Returns:
        The document's path: the layer's with the suffix `.cdx.json`.

    Raises:
        PackagingError: The layer has a package, or a version, that is not pinned, or the command failed.
    """
    path = layer.with_suffix(".cdx.json")
    if path.is_file() and path.stat().st_mtime >= layer.stat().st_mtime:
        return path
    pins = {(pin.name, pin.version): pin.hashes for pin in read_pins(requirements)}
    document = _list_content(layer, progress)
    for component in document["components"]:
        hashes = pins.get((canonicalize_name(component["name"]), component["version"]))
        if hashes is None:
            raise PackagingError(f"{layer.name} has {component['name']} {component['version']}, which is not pinned")
        component["hashes"] = [_sha256(digest.removeprefix("sha256:")) for digest in hashes]
    digest = hashlib.sha256(layer.read_bytes()).hexdigest()
    document["metadata"]["component"] = {"type": "file", "name": layer.name, "hashes": [_sha256(digest)]}
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def _list_content(layer: Path, progress: Progress) -> dict[str, Any]:
    """What CycloneDX's command finds in a virtual environment that has the layer's content and nothing else."""
    with TemporaryDirectory(prefix="layer-") as name, zipfile.ZipFile(layer) as archive:
        folder = Path(name)
        venv.create(folder / "environment", symlinks=True)
        (packages,) = folder.glob("environment/lib/python*/site-packages")
        archive.extractall(folder)
        packages.rmdir()
        (folder / "python").rename(packages)
        # Its own validation takes six seconds; a test validates the document that is written.
        options = ["--no-validate", "--output-reproducible", "--output-format=JSON", "--spec-version=1.6"]
        command = ["-m", "cyclonedx_py", "environment", *options, str(folder / "environment")]
        done = subprocess.run(  # noqa: S603  # of an environment that this project made
            [str(ensure("sbom", progress)), *command], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise PackagingError(f"cyclonedx-py could not list the content of {layer.name}:\n{done.stderr.strip()}")
    return dict(json.loads(done.stdout))


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
