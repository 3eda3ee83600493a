"""What it takes to generate a stack: CDKTF, its successor, terrascript, this project, and a floor.

`python -m bench.synthesis [--rounds N]`. The peers declare the common stack of `bench/peers/stack.py`; this project
writes everything that one environment needs, modules included, which is about twice as many resources.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.arguments import asked_rounds
from bench.environments import BUILD, REQUIREMENTS, megabytes, ours, peer
from bench.figures import Figure, paired, rounded, times
from bench.machine import pinned, version_of
from bench.measuring import Sample, Variant, alternate
from bench.mistakes import mistakes
from bench.publishing import publish
from bench.results import Result, Table, Target, columns_of
from bench.scaling import scaling
from generate.project import generate_project
from generate.reading import read_environment
from ops.cli.running import run
from ops.project.errors import OpsError
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress

CDKTF, CDKTN, TERRASCRIPT, OURS, FLOOR = "CDKTF", "CDK Terrain", "terrascript", "this project", "finished dict"
_PEERS: Final = Path(__file__).parent / "peers"
_WORK: Final = BUILD / "work"
_QUICK: Final = 5
"""Runs of a quick variant in each round."""
_TIMES_CDKTF, _TIMES_CDKTN, _MEGABYTES = 100, 25, 60


def measure(rounds: int, progress: Progress) -> Result:
    """Take the measurement.

    Raises:
        OpsError: A tool is missing or failed.
    """
    if shutil.which("node") is None:
        raise OpsError("node is not on the PATH; CDKTF and CDK Terrain run their core on it (nodejs.org, 18 or later)")
    interpreters = {name: peer(name, progress) for name in ("cdktf", "cdktn", "terrascript")}
    interpreters["generate"] = ours("generate", progress)
    progress.say("one environment in each tool, in turn")
    samples = alternate(_variants(interpreters), rounds, progress)
    sizes = {name: megabytes(interpreter) for name, interpreter in interpreters.items()}
    scaled, scaled_targets, scaled_samples = scaling(interpreters["generate"], rounds, progress)
    mistaken = mistakes(interpreters["generate"], rounds, progress)
    return Result(
        "synthesis",
        _versions(),
        [_table(samples, sizes), scaled, mistaken],
        [*_targets(samples, sizes), *scaled_targets],
        columns_of({**samples, **scaled_samples}),
    )


def _variants(interpreters: Mapping[str, Path]) -> list[Variant]:
    shutil.rmtree(_WORK, ignore_errors=True)
    jsii = {
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(BUILD / "jsii"),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    return [
        Variant(CDKTF, _program(interpreters["cdktf"], "cdktf_stack.py", _WORK / "cdktf"), jsii),
        Variant(CDKTN, _program(interpreters["cdktn"], "cdktn_stack.py", _WORK / "cdktn"), jsii),
        Variant(
            TERRASCRIPT,
            _program(interpreters["terrascript"], "terrascript_stack.py", _WORK / "terrascript.tf.json"),
            repeats=_QUICK,
        ),
        _ours(interpreters["generate"]),
        _floor(interpreters["generate"]),
    ]


def _program(interpreter: Path, name: str, target: Path) -> list[str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    return [str(interpreter), str(_PEERS / name), str(target)]


def _ours(interpreter: Path) -> Variant:
    root = _WORK / "ours"
    environment = root / "envs" / EMBEDDED_ENVIRONMENT
    environment.mkdir(parents=True)
    shutil.copy(ROOT / "envs" / EMBEDDED_ENVIRONMENT / "settings.toml", environment)

    def forget() -> None:
        shutil.rmtree(root / "modules", ignore_errors=True)
        for path in environment.glob("*.tf.json"):
            path.unlink()

    command = [str(interpreter), "-m", "generate", "--root", str(root), "--env", EMBEDDED_ENVIRONMENT]
    return Variant(OURS, command, {"PYTHONPATH": str(ROOT)}, _QUICK, forget)


def _floor(interpreter: Path) -> Variant:
    folder = _WORK / "floor"
    folder.mkdir(parents=True)
    documents = {path: json.loads(text) for path, text in _finished().items()}
    (folder / "finished.py").write_text(f"DOCUMENTS = {documents!r}\n", encoding="utf-8")
    command = _program(interpreter, "floor.py", folder / "written")
    return Variant(FLOOR, command, {"PYTHONPATH": str(folder)}, _QUICK)


def _finished() -> dict[str, str]:
    return generate_project(None, [read_environment(ROOT, EMBEDDED_ENVIRONMENT)])


def _table(samples: Mapping[str, Sequence[Sample]], sizes: Mapping[str, float]) -> Table:
    environments = {CDKTF: "cdktf", CDKTN: "cdktn", TERRASCRIPT: "terrascript", OURS: "generate"}
    rows = []
    for name, taken in samples.items():
        wall = Figure.of([sample.wall_seconds for sample in taken])
        cpu = Figure.of([sample.cpu_seconds for sample in taken])
        peak = Figure.of([sample.peak_mebibytes for sample in taken])
        size = rounded(sizes[environments[name]]) if name in environments else ""
        ratio = times(_of_ours(samples, name))
        rows.append((name, wall.shown(), ratio, rounded(cpu.median), rounded(peak.median), size))
    heads = ("tool", "whole process, s", "of this project's", "CPU, s", "largest process, MiB", "to install, MB")
    return Table("One environment, from nothing to its files", heads, rows)


def _targets(samples: Mapping[str, Sequence[Sample]], sizes: Mapping[str, float]) -> list[Target]:
    faster = [
        (f"at least {least} times faster than {name}", _of_ours(samples, name), least)
        for name, least in ((CDKTF, _TIMES_CDKTF), (CDKTN, _TIMES_CDKTN))
    ]
    return [
        *(Target(promise, f"{rounded(found)} times", found >= least, _REASON) for promise, found, least in faster),
        Target(
            f"the generator's environment under {_MEGABYTES} MB",
            f"{rounded(sizes['generate'])} MB",
            sizes["generate"] < _MEGABYTES,
            "its packages grew.",
        ),
    ]


_REASON: Final = (
    "Most of what is left is Python starting and importing its own library (argparse, dataclasses, pathlib, re, "
    "tomllib), which no tool written in Python goes without; the peers declare half as many resources."
)


def _of_ours(samples: Mapping[str, Sequence[Sample]], name: str) -> float:
    theirs, ours_too = ([sample.wall_seconds for sample in samples[which]] for which in (name, OURS))
    return paired(theirs, ours_too)


def _versions() -> dict[str, str]:
    peers = pinned(REQUIREMENTS / "cdktf.txt", ("cdktf", "cdktf-cdktf-provider-aws"))
    peers |= pinned(REQUIREMENTS / "cdktn.txt", ("cdktn", "cdktn-aws"))
    ours_too = pinned(ROOT / "ops" / "setup" / "requirements" / "generate.txt", ("terrascript", "msgspec", "jinja2"))
    return peers | ours_too | {"Node": version_of("node")}


def main() -> int:
    """Measure and publish."""
    rounds, progress = asked_rounds("synthesis", 3), Progress()
    publish(measure(rounds, progress), progress)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
