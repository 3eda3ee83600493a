"""What a cold start costs before the first line of the first invocation: `python -m bench.cold_start [--rounds N]`."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.arguments import asked_rounds
from bench.environments import BUILD, peer, site_packages
from bench.figures import Figure, paired, rounded, times
from bench.machine import pinned
from bench.publishing import publish
from bench.results import Result, Table, Target
from bench.variables import LAMBDA_VARIABLES
from generate.naming import FUNCTIONS, LAYER_PACKAGE, package_name
from ops.cli.running import run
from ops.packaging.archive import sizes
from ops.packaging.packages import package_for_embedded
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.environments import ensure
from ops.setup.installer import PINS

BARE: Final = "two boto3 clients"
_PROBE: Final = Path(__file__).parent / "probes" / "init.py"
_SEED: Final = Path(__file__).parent / "seed"
_YARDSTICKS, _MEBIBYTES, _LAYER_MEGABYTES = 1.2, 50, 5
_ORIGINS: Final = ("botocore", "boto3", "urllib3", "aws_lambda_powertools", "aws_xray_sdk", "msgspec", "handlers")

Subject = tuple[str, str, Sequence[Path]]
"""What people call it, what the probe calls it, and the import path."""


def measure(rounds: int, progress: Progress) -> Result:
    """Take the measurement.

    Raises:
        OpsError: A package cannot be built, or an entry point does not start.
    """
    interpreter = ensure("embedded", progress)
    runtime = site_packages(interpreter)
    seed_layer = site_packages(peer("seed_layer", progress))
    packages = package_for_embedded(ROOT, BUILD / "packages", progress)
    BUILD.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=BUILD, prefix="cold-") as name:
        layer = _unpacked(packages / LAYER_PACKAGE, Path(name)) / "python"
        subjects: list[Subject] = [(BARE, "bare", [runtime])]
        subjects += [(f"seed's style: {one}", f"seed.{one}", [_SEED, seed_layer, runtime]) for one in FUNCTIONS]
        for one in FUNCTIONS:
            code = _unpacked(packages / package_name(one), Path(name))
            subjects.append((one, f"handlers.{one}", [code, layer, runtime]))
        samples = _alternate(interpreter, subjects, rounds, progress)
    zipped, unzipped = sizes(packages / LAYER_PACKAGE)
    compiled = _compiled_share(packages / LAYER_PACKAGE)
    return Result(
        "cold_start",
        _versions(),
        [_table(samples), _origins(samples)],
        [*_targets(samples), *_layer_targets(zipped, unzipped, compiled)],
        {
            name: [{key: one[key] for key in one if key != "modules"} for one in taken]
            for name, taken in samples.items()
        },
    )


def probe(interpreter: Path, what: str, folders: Sequence[Path]) -> dict[str, Any]:
    """Start a fresh interpreter that imports and initialises one entry point.

    Raises:
        OpsError: It failed; its words are in the message.
    """
    done = subprocess.run(  # noqa: S603  # an interpreter of this project
        [str(interpreter), "-I", "-S", str(_PROBE), what, *map(str, folders)],
        env={"PATH": os.environ["PATH"], **LAMBDA_VARIABLES},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise OpsError(f"{what} does not start:\n{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _alternate(
    interpreter: Path, subjects: Sequence[Subject], rounds: int, progress: Progress
) -> dict[str, list[dict[str, Any]]]:
    samples: dict[str, list[dict[str, Any]]] = {name: [] for name, *_ in subjects}
    progress.say(f"{len(subjects)} fresh interpreters in turn, {rounds} rounds after one to warm up")
    for number in range(rounds + 1):
        for name, what, folders in subjects:
            figures = probe(interpreter, what, folders)
            if number:
                samples[name].append(figures)
        progress.say(f"  round {number} of {rounds}")
    return samples


def _unpacked(package: Path, folder: Path) -> Path:
    target = folder / package.stem
    with zipfile.ZipFile(package) as archive:
        archive.extractall(target)
    return target


def _compiled_share(package: Path) -> float:
    """The share of a package's sources that have their compiled form beside them."""
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
    sources = sum(name.endswith(".py") for name in names)
    return sum(name.endswith(".pyc") for name in names) / sources


def _figure(taken: Sequence[Mapping[str, Any]], what: str, scale: float = 1) -> Figure:
    return Figure.of([one[what] * scale for one in taken])


def _yardsticks(samples: Mapping[str, Sequence[Mapping[str, Any]]], name: str) -> float:
    taken, bare = ([one["wall_seconds"] for one in samples[which]] for which in (name, BARE))
    return paired(taken, bare)


def _table(samples: Mapping[str, Sequence[Mapping[str, Any]]]) -> Table:
    rows = [
        (
            name,
            _figure(taken, "wall_seconds", 1000).shown(),
            times(_yardsticks(samples, name)),
            rounded(_figure(taken, "cpu_seconds", 1000).median),
            rounded(_figure(taken, "peak_mebibytes").median),
            str(len(taken[0]["modules"])),
        )
        for name, taken in samples.items()
    ]
    heads = ("entry point", "import and init, ms", "of the yardstick", "CPU, ms", "memory, MiB", "modules")
    return Table("Import and init in a fresh interpreter", heads, rows)


def _origins(samples: Mapping[str, Sequence[Mapping[str, Any]]]) -> Table:
    rows = []
    for name, taken in samples.items():
        tops = [module.partition(".")[0] for module in taken[0]["modules"]]
        known = [tops.count(origin) for origin in _ORIGINS]
        rows.append((name, *map(str, known), str(len(tops) - sum(known))))
    return Table("Modules by where they come from", ("entry point", *_ORIGINS, "others"), rows)


def _targets(samples: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Target]:
    walls = {one: _yardsticks(samples, one) for one in FUNCTIONS}
    peaks = {one: _figure(samples[one], "peak_mebibytes").median for one in FUNCTIONS}
    return [
        Target(
            f"at most {_YARDSTICKS} yardsticks",
            ", ".join(f"{one} {rounded(value)}" for one, value in walls.items()),
            max(walls.values()) <= _YARDSTICKS,
            "what stands beside the clients is Powertools' logger, with the parts of the standard library that it "
            "imports, and the X-Ray SDK, with asyncio.",
        ),
        Target(
            f"at most {_MEBIBYTES} MB",
            ", ".join(f"{one} {rounded(value)} MiB" for one, value in peaks.items()),
            max(peaks.values()) * 1.048576 <= _MEBIBYTES,
            "two bare clients alone take most of it.",
        ),
    ]


def _layer_targets(zipped: int, unzipped: int, compiled: float) -> list[Target]:
    found = f"{zipped / 1e6:.1f} MB zipped, {unzipped / 1e6:.1f} MB unzipped"
    return [
        Target(
            f"layer at most {_LAYER_MEGABYTES} MB zipped", found, zipped <= _LAYER_MEGABYTES * 1e6, "its packages grew."
        ),
        Target("compiled files shipped", f"{compiled:.0%} of the sources", compiled == 1, "no compiler fits."),
    ]


def _versions() -> dict[str, str]:
    layer = pinned(PINS / "layer.txt", ("aws-lambda-powertools", "aws-xray-sdk", "msgspec"))
    return layer | pinned(PINS / "embedded.txt", ("boto3", "botocore"))


def main() -> int:
    """Measure and publish."""
    rounds, progress = asked_rounds("cold_start", 21), Progress()
    publish(measure(rounds, progress), progress)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
