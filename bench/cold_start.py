"""What a cold start takes until the first line of the first invocation, relative to a yardstick: two boto3 clients."""

import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.environments import BUILD, environment, site_packages, versions
from bench.in_memory import VARIABLES
from bench.results import Result
from bench.sampling import PROBES, Sample, alternate, run_program
from generate.naming import FUNCTIONS, LAYER_PACKAGE, package_name
from ops.packaging.packages import build_packages
from ops.packaging.target import host_target
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.environments import ensure

_PACKAGES: Final = ("botocore", "boto3", "urllib3", "aws_lambda_powertools", "aws_xray_sdk", "msgspec", "handlers")
_OF_LAMBDA: Final = {"AWS_LAMBDA_FUNCTION_NAME": "function", "LAMBDA_TASK_ROOT": "/var/task"}
"""Lambda's own environment variables, with which tracing is on."""


def measure(rounds: int, progress: Progress) -> Result:
    """Measure the yardstick and the functions of both designs, packaged as they are for Lambda.

    Raises:
        OpsError: A package cannot be built, or an entry point does not start.
    """
    interpreter = ensure("embedded", progress)
    runtime, seed_layer = site_packages(interpreter), site_packages(environment("seed_layer", progress))
    packages = BUILD / "packages"
    build_packages(ROOT, host_target(interpreter), packages, progress)
    modules: dict[str, dict[str, int]] = {}
    with TemporaryDirectory(dir=BUILD, prefix="cold-") as folder:
        for package in packages.glob("*.zip"):
            with zipfile.ZipFile(package) as archive:
                archive.extractall(Path(folder, package.name))
        layer = Path(folder, LAYER_PACKAGE, "python")
        peers = Path(__file__).parent / "peers"
        entries = {"two boto3 clients": ("bare", [runtime]), "seed's style": ("seed", [peers, seed_layer, runtime])}
        for name in FUNCTIONS:
            entries[name] = (f"handlers.{name}", [Path(folder, package_name(name)), layer, runtime])

        def start(name: str) -> Sample:
            sample, imported = start_entry_point(interpreter, *entries[name])
            modules[name] = _count_by_package(imported)
            return sample

        samples = alternate({name: partial(start, name) for name in entries}, rounds, progress)
    return Result(
        "cold_start",
        samples,
        {"modules": modules, "layer": _sizes(packages / LAYER_PACKAGE)},
        versions("layer", "aws-lambda-powertools", "aws-xray-sdk", "msgspec")
        | versions("embedded", "boto3", "botocore"),
    )


def start_entry_point(interpreter: Path, what: str, folders: Sequence[Path]) -> tuple[Sample, list[str]]:
    """Import and initialise one entry point in a fresh interpreter.

    Args:
        interpreter: The interpreter.
        what: As `bench/probes/init.py` names it.
        folders: The import path before the standard library's.

    Returns:
        The sample, and the names of the imported modules.
    """
    command = [interpreter, "-I", "-S", PROBES / "init.py", what, *folders]
    found = run_program(command, {**VARIABLES, **_OF_LAMBDA})
    return found["sample"], found["modules"]


def _count_by_package(modules: Sequence[str]) -> dict[str, int]:
    packages = [module.partition(".")[0] for module in modules]
    counts = {package: packages.count(package) for package in _PACKAGES}
    return {**counts, "others": len(packages) - sum(counts.values())}


def _sizes(layer: Path) -> dict[str, float]:
    with zipfile.ZipFile(layer) as archive:
        entries = archive.infolist()
    sources, compiled = (sum(entry.filename.endswith(suffix) for entry in entries) for suffix in (".py", ".pyc"))
    return {
        "zipped_megabytes": layer.stat().st_size / 1e6,
        "unzipped_megabytes": sum(entry.file_size for entry in entries) / 1e6,
        "compiled_share": compiled / sources,
    }
