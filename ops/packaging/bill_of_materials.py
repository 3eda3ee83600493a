"""What the layer consists of, as a CycloneDX document: read from the archive itself, so that it cannot say other.

The same archive gives the same bytes: the serial number is made from the archive's digest, and the time is that of
every entry in it.
"""

import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Final

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from ops.packaging.archive import EPOCH
from ops.project.errors import PackagingError
from ops.setup.pins import Pin, read_pins

_METADATA: Final = re.compile(r"python/[^/]+\.dist-info/METADATA")
_LICENSE_CLASSIFIER: Final = "License :: "


def write_bill_of_materials(layer: Path, requirements: Path) -> Path:
    """Write the layer's bill of materials beside it.

    Args:
        layer: The layer's archive.
        requirements: The file of pins that it was installed from.

    Returns:
        The document's path: the layer's with the suffix `.cdx.json`.

    Raises:
        PackagingError: The layer holds a package, or a version, that is not pinned.
    """
    pins = {(pin.name, pin.version): pin for pin in read_pins(requirements)}
    content = layer.read_bytes()
    with zipfile.ZipFile(layer) as archive:
        components = [_component(metadata, pins, layer.name) for metadata in _all_metadata(archive)]
    path = layer.with_suffix(".cdx.json")
    path.write_text(_text(layer.name, hashlib.sha256(content).hexdigest(), components), encoding="utf-8")
    return path


def _text(layer: str, digest: str, components: list[Component]) -> str:
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest)]
    whole = Component(name=layer, type=ComponentType.FILE, bom_ref=layer, hashes=hashes)
    document = Bom(
        components=components,
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, digest),
        metadata=BomMetaData(component=whole, timestamp=datetime(*EPOCH, tzinfo=UTC)),
    )
    document.register_dependency(whole, components)
    return json.dumps(json.loads(JsonV1Dot6(document).output_as_string()), indent=2, sort_keys=True) + "\n"


def _all_metadata(archive: zipfile.ZipFile) -> Iterator[Message]:
    """The core metadata of every distribution in the archive."""
    for name in sorted(archive.namelist()):
        if _METADATA.fullmatch(name):
            yield Parser().parsestr(archive.read(name).decode())


def _component(metadata: Message, pins: dict[tuple[str, str | None], Pin], layer: str) -> Component:
    name, version = canonicalize_name(metadata["Name"]), metadata["Version"]
    pin = pins.get((name, version))
    if pin is None:
        raise PackagingError(f"{layer} holds {name} {version}, which is not pinned")
    purl = PackageURL("pypi", name=name, version=version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        hashes=[HashTypeFactory().from_composite_str(digest) for digest in pin.hashes],
        licenses=_licenses(metadata),
    )


def _licenses(metadata: Message) -> list[License]:
    """What the metadata say of the licence: an SPDX expression, else their words, else their classifiers."""
    factory = LicenseFactory()
    said = metadata["License-Expression"] or metadata["License"]
    if said:
        return [factory.make_from_string(said)]
    classifiers = (value for value in metadata.get_all("Classifier", ()) if value.startswith(_LICENSE_CLASSIFIER))
    return [factory.make_with_name(value.rpartition(" :: ")[2]) for value in classifiers]
