"""Processes are measured whole and in turn, and a failure is reported with its output."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bench.sampling import Sample, alternate, measure_usage
from ops.project.errors import OpsError
from ops.project.progress import Progress


def run_python(code: str) -> Sample:
    """Measure an interpreter that runs some code."""
    return measure_usage([sys.executable, "-c", code], {})


def recorded(name: str, taken: list[str]) -> Callable[[], Sample]:
    """A subject that writes its name down when it is measured."""

    def take() -> Sample:
        taken.append(name)
        return {"seconds": len(taken) + 0.123456}

    return take


def test_subjects_are_measured_in_turn_after_a_warm_up_of_each() -> None:
    taken: list[str] = []

    samples = alternate({name: recorded(name, taken) for name in "AB"}, 3, Progress())

    assert "".join(taken) == "AB" + "AB" * 3
    assert samples == {"A": {"seconds": [3.123, 5.123, 7.123]}, "B": {"seconds": [4.123, 6.123, 8.123]}}


def test_quick_subjects_take_five_samples_in_each_round() -> None:
    taken: list[str] = []

    samples = alternate({name: recorded(name, taken) for name in "AB"}, 2, Progress(), quick="A")

    assert "".join(taken) == "AB" + "AAAAAB" * 2
    assert {name: len(values["seconds"]) for name, values in samples.items()} == {"A": 10, "B": 2}


def test_a_whole_process_is_measured() -> None:
    samples = alternate({"python": partial(run_python, "print('output')")}, 1, Progress())

    assert samples["python"].keys() == {"wall_seconds", "cpu_seconds", "peak_mebibytes"}
    assert all(values[0] > 0 for values in samples["python"].values())


def test_what_descendants_use_counts_even_where_nobody_waits_for_them() -> None:
    child = (
        "bytearray(120 * 2**20); import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    )

    sample = run_python(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])")

    assert sample["cpu_seconds"] >= 0.3
    assert sample["peak_mebibytes"] >= 120


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_failure_is_reported_with_the_end_of_its_output(stream: str) -> None:
    with pytest.raises(OpsError, match=r"(?s) -c .* exited with 3:\nno such thing$"):
        run_python(f"import sys; print('no such thing', file=sys.{stream}); sys.exit(3)")


def test_only_the_end_of_a_long_output_is_reported() -> None:
    with pytest.raises(OpsError) as failure:
        run_python("print(*range(100), sep='\\n'); raise SystemExit(1)")

    assert str(failure.value).splitlines()[-15:] == [str(number) for number in range(85, 100)]


def test_the_users_aws_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    run_python("import os; raise SystemExit('AWS_PROFILE' in os.environ)")


def test_a_programs_variables_are_passed_on(tmp_path: Path) -> None:
    code = "import os; raise SystemExit(os.environ['PLACE'] != os.environ['EXPECTED'])"
    measure_usage([sys.executable, "-c", code], {"PLACE": str(tmp_path), "EXPECTED": str(tmp_path)})
