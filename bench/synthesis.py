"""What it takes to generate a stack: CDKTF, its successor CDK Terrain, terrascript, and this project.

The peers declare the common stack of `bench/peers/stack.json`; this project writes everything that one environment
needs, modules included, which is about twice as many resources.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bench.environments import BUILD, environment, megabytes, versions
from bench.results import Result
from bench.sampling import Sample, alternate, measure_usage
from ops.project.errors import OpsError
from ops.project.paths import ACCOUNT, EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress

_OURS: Final = "this project"
_PEERS: Final = {"CDKTF": "cdktf", "CDK Terrain": "cdktn", "terrascript": "terrascript"}
_QUICK: Final = ("terrascript", _OURS)
_COUNTS: Final = {"1 environment": 1, "10 environments": 10, "100 environments": 100, "1,000 environments": 1000}
_WORK: Final = BUILD / "work"
_JSII: Final = {
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(BUILD / "jsii"),
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
}


def measure(rounds: int, progress: Progress) -> Result:
    """Generate one environment with each tool, then projects of up to 1,000 environments.

    Raises:
        OpsError: A tool is missing or failed.
    """
    node = shutil.which("node")
    if node is None:
        raise OpsError("node is not on the PATH; CDKTF and CDK Terrain need it: install Node.js 18 or later")
    interpreters = {name: environment(file, progress) for name, file in _PEERS.items()}
    interpreters[_OURS] = environment("generate", progress)
    shutil.rmtree(_WORK, ignore_errors=True)
    _WORK.mkdir(parents=True)
    tools = alternate(_tools(interpreters), rounds, progress, _QUICK)
    projects = {
        name: partial(_generate, interpreters[_OURS], [ACCOUNT, *(f"env-{number}" for number in range(count))])
        for name, count in _COUNTS.items()
    }
    return Result(
        "synthesis",
        tools | alternate(projects, rounds, progress),
        {"megabytes": {name: megabytes(interpreter) for name, interpreter in interpreters.items()}},
        versions("cdktf", "cdktf", "cdktf-cdktf-provider-aws")
        | versions("cdktn", "cdktn", "cdktn-aws")
        | versions("generate", "terrascript", "msgspec", "jinja2")
        | {"Node": subprocess.check_output([node, "--version"], text=True).strip().removeprefix("v")},  # noqa: S603  # of the PATH
    )


def _tools(interpreters: Mapping[str, Path]) -> dict[str, Callable[[], Sample]]:
    program = Path(__file__).parent / "peers" / "programs.py"
    peers = {
        name: partial(measure_usage, [interpreters[name], program, tool, _WORK / f"{tool}.written"], _JSII)
        for name, tool in _PEERS.items()
    }
    ours = partial(_generate, interpreters[_OURS], [EMBEDDED_ENVIRONMENT], "--env", EMBEDDED_ENVIRONMENT)
    return {**peers, _OURS: ours}


def _generate(interpreter: Path, environments: Sequence[str], *options: str) -> Sample:
    """Generate a project of these environments, with the settings of ours, where nothing is generated yet."""
    root = _WORK / "project"
    shutil.rmtree(root, ignore_errors=True)
    for name in environments:
        (root / "envs" / name).mkdir(parents=True)
        source = name if name == ACCOUNT else EMBEDDED_ENVIRONMENT
        shutil.copy(ROOT / "envs" / source / "settings.toml", root / "envs" / name)
    return measure_usage([interpreter, "-m", "generate", "--root", root, *options], {"PYTHONPATH": str(ROOT)})
