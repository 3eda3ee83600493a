"""How generating grows with the number of environments."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.environments import BUILD
from bench.figures import Figure, rounded
from bench.measuring import Variant, alternate
from bench.results import Table, Target
from ops.progress import Progress
from ops.project import ACCOUNT, EMBEDDED_ENVIRONMENT, ROOT

COUNTS: Final = (1, 10, 100, 1000)
_LONGEST_SECONDS: Final = 3.0


def scaling(interpreter: Path, rounds: int, progress: Progress) -> tuple[Table, Target]:
    """Generate whole projects of 1 to 1,000 environments, from nothing, in turn."""
    progress.say(f"projects of {', '.join(f'{count:,}' for count in COUNTS)} environments, in turn")
    samples = alternate([_variant(interpreter, count) for count in COUNTS], rounds, progress)
    walls = {name: Figure.of([sample.wall_seconds for sample in taken]) for name, taken in samples.items()}
    first, last = walls[_name(COUNTS[0])].median, walls[_name(COUNTS[-1])].median
    rows = [
        (
            name,
            walls[name].shown(),
            rounded((walls[name].median - first) / (count - 1) * 1000) if count > 1 else "",
            rounded(Figure.of([sample.peak_mebibytes for sample in samples[name]]).median),
        )
        for name, count in zip(samples, COUNTS, strict=True)
    ]
    heads = ("environments in one run", "whole process, s", "each further one, ms", "memory, MiB")
    target = Target(
        f"1,000 environments in under {_LONGEST_SECONDS:.0f} s",
        f"{rounded(last)} s",
        last < _LONGEST_SECONDS,
        "each environment is validated, checked and written to four files of its own.",
    )
    return Table(
        "Everything of a project: modules, account, READMEs, schemas, contract, environments", heads, rows
    ), target


def _name(count: int) -> str:
    return f"{count:,}"


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
