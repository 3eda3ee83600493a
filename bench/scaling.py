"""How generating grows with the number of environments."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.environments import BUILD
from bench.figures import Figure, rounded, times
from bench.measuring import Sample, Variant, alternate
from bench.results import Table, Target
from ops.project.paths import ACCOUNT, EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress

COUNTS: Final = (1, 10, 100, 1000)
_LONGEST_SECONDS: Final = 3.0
_SLOWER: Final = 1.5
"""Work that grew with the square of the number would make it 10; the medians' differences are uncertain by a third."""
_LARGER: Final = 2
"""Not 1: the texts of all environments are held until the last one is found good, then written."""


def scaling(
    interpreter: Path, rounds: int, progress: Progress
) -> tuple[Table, list[Target], Mapping[str, Sequence[Sample]]]:
    """Generate whole projects of 1 to 1,000 environments, from nothing, in turn."""
    progress.say(f"projects of {', '.join(f'{count:,}' for count in COUNTS)} environments, in turn")
    samples = alternate([_variant(interpreter, count) for count in COUNTS], rounds, progress)
    taken = dict(zip(COUNTS, samples.values(), strict=True))
    walls = {count: Figure.of([sample.wall_seconds for sample in taken[count]]) for count in COUNTS}
    peaks = {count: Figure.of([sample.peak_mebibytes for sample in taken[count]]).median for count in COUNTS}
    costs = further_milliseconds({count: wall.median for count, wall in walls.items()})
    rows = [
        (_name(count), walls[count].shown(), rounded(costs[count]) if count in costs else "", rounded(peaks[count]))
        for count in COUNTS
    ]
    heads = ("in one run", "whole process, s", "each beyond the line above, ms", "memory, MiB")
    title = "Everything of a project: modules, account, READMEs, schemas, contract, environments"
    return Table(title, heads, rows), targets(walls[COUNTS[-1]].median, costs, peaks), samples


def further_milliseconds(walls: Mapping[int, float]) -> dict[int, float]:
    """What each environment beyond the next smaller number takes.

    Args:
        walls: Seconds of the whole process, by the number of environments, ascending.
    """
    return {count: (walls[count] - walls[fewer]) / (count - fewer) * 1000 for fewer, count in pairwise(walls)}


def targets(last: float, costs: Mapping[int, float], peaks: Mapping[int, float]) -> list[Target]:
    """What is promised of the growth.

    Args:
        last: Seconds for the largest number of environments.
        costs: As `further_milliseconds` gives them.
        peaks: Mebibytes by the number of environments.
    """
    *_, fewer, most = COUNTS
    slower, larger = costs[most] / costs[fewer], peaks[most] / peaks[COUNTS[0]]
    return [
        Target(
            f"{most:,} environments in under {_LONGEST_SECONDS:.0f} s",
            f"{rounded(last)} s",
            last < _LONGEST_SECONDS,
            "each environment is validated, checked and written to four files of its own.",
        ),
        Target(
            f"linear: each environment from {fewer:,} to {most:,} takes at most {_SLOWER} times one up to {fewer:,}",
            times(slower),
            slower <= _SLOWER,
            "something is done for each environment that grows with their number.",
        ),
        Target(
            f"memory for {most:,} environments at most {_LARGER} times that for one",
            times(larger),
            larger <= _LARGER,
            "more is held than the texts of the environments.",
        ),
    ]


def _name(count: int) -> str:
    return f"{count:,} environment{'s' if count > 1 else ''}"


def _variant(interpreter: Path, count: int) -> Variant:
    root = BUILD / "work" / "scaling" / str(count)
    settings = (ROOT / "envs" / EMBEDDED_ENVIRONMENT / "settings.toml").read_bytes()
    command = [str(interpreter), "-m", "generate", "--root", str(root)]
    return Variant(_name(count), command, {"PYTHONPATH": str(ROOT)}, before=_project(root, settings, count))


def _project(root: Path, settings: bytes, count: int) -> Callable[[], None]:
    """What makes a project anew, with nothing generated in it."""

    def make() -> None:
        shutil.rmtree(root, ignore_errors=True)
        names = [f"env-{number}" for number in range(count)]
        for name in (*names, ACCOUNT):
            (root / "envs" / name).mkdir(parents=True)
        for name in names:
            (root / "envs" / name / "settings.toml").write_bytes(settings)
        shutil.copy(ROOT / "envs" / ACCOUNT / "settings.toml", root / "envs" / ACCOUNT)

    return make
