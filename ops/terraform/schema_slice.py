"""Writes the slice of the provider's schema that the generator checks against: `make provider-schema`.

Run it after the provider's version or the set of resource types changed; the slice is committed.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from generate.builders import account
from generate.project import MODULES
from generate.provider_schema import SLICE_FILE
from generate.reading import read_account
from ops.project.paths import ACCOUNT, ROOT
from ops.project.progress import Progress
from ops.terraform.provider import LOCK_FILE, PROVIDER
from ops.terraform.toolchain import find_toolchain

_KINDS = {"resource": "resource_schemas", "data": "data_source_schemas"}


def write_provider_schema() -> None:
    """Write the slice for the types that the generated files use."""
    schemas = _provider_schemas(ROOT)
    used = types_in_use(ROOT)
    slices = {
        kind: {name: slice_block(schemas[_KINDS[kind]][name]["block"]) for name in sorted(names)}
        for kind, names in used.items()
    }
    SLICE_FILE.write_text(json.dumps(slices, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {SLICE_FILE.relative_to(ROOT)}: {sum(map(len, slices.values()))} types")


def types_in_use(project: Path) -> dict[str, set[str]]:
    """The resource and data source types that the builders add, whatever the present slice says of them."""
    documents = [*(build() for build in MODULES.values()), account.build(read_account(project))]
    used: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for document in documents:
        for kind, types in document.types().items():
            used[kind] |= types
    return used


def slice_block(block: dict[str, Any]) -> dict[str, Any]:
    """What can be written in a block and read from it, without types and descriptions."""
    attributes = block.get("attributes", {})
    return {
        "required": sorted(name for name, body in attributes.items() if body.get("required")),
        "optional": sorted(name for name, body in attributes.items() if body.get("optional")),
        "computed": sorted(
            name for name, body in attributes.items() if not body.get("required") and not body.get("optional")
        ),
        "blocks": {
            name: {"needed": nested.get("min_items", 0) > 0, **slice_block(nested["block"])}
            for name, nested in sorted(block.get("block_types", {}).items())
        },
    }


def _provider_schemas(project: Path) -> dict[str, Any]:
    """The provider's whole schema, from a root with nothing but the versions: it needs no backend."""
    root = project / "build" / "terraform" / "provider-schema"
    root.mkdir(parents=True, exist_ok=True)
    for file in ("modules/data/versions.tf.json", f"envs/{ACCOUNT}/{LOCK_FILE}"):
        shutil.copy(project / file, root)
    terraform = find_toolchain(project, root, Progress()).on(root, root / ".terraform", os.environ)
    terraform.init()
    schemas: dict[str, Any] = json.loads(terraform.run("providers", "schema", "-json"))["provider_schemas"][PROVIDER]
    return schemas
