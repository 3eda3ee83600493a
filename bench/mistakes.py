"""How soon a misspelt argument is found: at generation, and by `terraform validate`."""

import json
import shutil
from pathlib import Path
from typing import Final

from bench.environments import BUILD
from bench.figures import Figure, paired, times
from bench.measuring import Variant, alternate
from bench.peers.mistake import MISTAKEN
from bench.results import Table
from generate.builders.common import versions
from ops.local.variables import isolated_variables
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress
from ops.terraform.provider import LOCK_FILE
from ops.terraform.toolchain import find_toolchain

_PROGRAM: Final = Path(__file__).parent / "peers" / "mistake.py"


def mistakes(interpreter: Path, rounds: int, progress: Progress) -> Table:
    """Find the same mistake both ways, in turn."""
    progress.say("a misspelt argument, found at generation and by terraform validate, in turn")
    generated = Variant(
        "at generation", [str(interpreter), str(_PROGRAM)], {"PYTHONPATH": str(ROOT)}, repeats=3, expected=1
    )
    samples = alternate([generated, _validated(progress)], rounds, progress)
    walls = {name: [sample.wall_seconds for sample in taken] for name, taken in samples.items()}
    base = walls[generated.name]
    rows = [(name, Figure.of(wall).shown(), times(paired(wall, base))) for name, wall in walls.items()]
    return Table("A misspelt argument of one resource is found", ("by", "whole process, s", "of the generator's"), rows)


def _validated(progress: Progress) -> Variant:
    root = BUILD / "work" / "mistaken"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    shutil.copy(ROOT / "envs" / EMBEDDED_ENVIRONMENT / LOCK_FILE, root)
    document = {"terraform": versions(), "resource": {"aws_sqs_queue": {"ingestion": MISTAKEN}}}
    (root / "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
    toolchain = find_toolchain(ROOT, ROOT / "envs" / EMBEDDED_ENVIRONMENT, progress)
    data = root / ".terraform"
    toolchain.on(root, data, isolated_variables()).init("-backend=false")
    variables = {**isolated_variables(), **toolchain.configuration, "TF_DATA_DIR": str(data), "CHECKPOINT_DISABLE": "1"}
    command = [str(toolchain.binary), f"-chdir={root}", "validate", "-no-color"]
    return Variant("terraform validate", command, variables, expected=1)
