"""The stack that every peer declares has as many resources as the document says, and its references lead somewhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

from bench.document import DOCUMENT
from ops.project.paths import ROOT

PEERS = ROOT / "bench" / "peers"
STACK = json.loads((PEERS / "stack.json").read_text())


def test_the_document_says_how_many_resources_it_has() -> None:
    count = sum(len(resources) for resources in STACK.values())
    assert f"The peers declare the same {count} resources" in DOCUMENT.read_text()


def test_a_resource_is_declared_before_it_is_referred_to() -> None:
    declared: set[str] = set()
    for kind, resources in STACK.items():
        for name, arguments in resources.items():
            assert set(re.findall(r"\$\{aws_(\w+\.\w+)\.\w+\}", json.dumps(arguments))) <= declared
            declared.add(f"{kind}.{name}")


def test_terrascript_writes_it_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "main.tf.json"
    command = [sys.executable, str(PEERS / "programs.py"), "terrascript", str(target)]
    subprocess.run(command, check=True)  # noqa: S603  # a program of this project

    written = json.loads(target.read_text())["resource"]
    assert written == {f"aws_{kind}": resources for kind, resources in STACK.items()}
