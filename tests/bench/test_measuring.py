"""Processes are measured whole, in turn, and a failure is told with its words."""

import sys
from pathlib import Path

import pytest

from bench.measuring import Variant, alternate, run_once
from ops.project.errors import OpsError
from ops.project.progress import Progress


def python(name: str, code: str, **more: int) -> Variant:
    return Variant(name, [sys.executable, "-c", code], **more)  # type: ignore[arg-type] # only numbers here


def test_variants_run_in_turn_after_one_run_each(tmp_path: Path) -> None:
    told = tmp_path / "told"
    variants = [python(name, f"open({str(told)!r}, 'a').write({name!r})") for name in "AB"]

    samples = alternate(variants, 3, Progress())

    assert told.read_text() == "AB" + "AB" * 3
    assert {name: len(taken) for name, taken in samples.items()} == {"A": 3, "B": 3}


def test_quick_variants_are_repeated_in_each_round() -> None:
    assert len(alternate([python("A", "pass", repeats=2)], 2, Progress())["A"]) == 4


def test_what_descendants_take_counts_even_where_nobody_waits_for_them() -> None:
    child = (
        "bytearray(120 * 2**20); import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    )
    orphaned = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])"

    sample = run_once(python("orphaned", orphaned))

    assert sample.cpu_seconds >= 0.3
    assert sample.peak_mebibytes >= 120


def test_a_failure_is_told_with_its_last_words() -> None:
    with pytest.raises(OpsError, match=r"A ended with 3:\nno such thing"):
        run_once(python("A", "print('no such thing'); raise SystemExit(3)"))


def test_an_expected_failure_is_none() -> None:
    assert run_once(python("A", "raise SystemExit(3)", expected=3)).wall_seconds > 0


def test_the_users_aws_does_not_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    run_once(python("A", "import os; raise SystemExit('AWS_PROFILE' in os.environ)"))
