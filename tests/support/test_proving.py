"""A proof that tries nothing, or is not as promised, fails; the table names the parts without a proof."""

import pytest

from tests.support.proving import PARTS, Figures, Proofs

pytest_plugins = ["pytester"]


def test_figures_that_hold() -> None:
    figures = Figures()
    figures.count("forged requests refused")
    figures.tried("bodies refused", 40)

    assert figures.complaint() is None


def test_figures_of_nothing_prove_nothing() -> None:
    figures = Figures()
    figures.measure("median", "3 ms")

    assert "tried nothing" in str(figures.complaint())


@pytest.mark.parametrize(("number", "held"), [(40, 39), (0, 0)])
def test_figures_that_do_not_hold(number: int, held: int) -> None:
    figures = Figures()
    figures.tried("bodies refused", number, held)

    assert f"bodies refused: {held} of {number}" in str(figures.complaint())


def test_the_table_adds_up_cases_and_names_what_is_not_proved() -> None:
    proofs, figures = Proofs(), Figures()
    figures.tried("alarms delivered", 2)
    row = proofs.row("alarms", "tests/test_it.py::test_delivery")
    row.add(figures, 1.5, passed=True)
    row.add(figures, 1.0, passed=True)

    lines = list(proofs.lines())

    assert not proofs.complete()
    assert len([line for line in lines if "NOT PROVED" in line]) == len(PARTS) - 1
    assert any("2.5 s" in line and "holds" in line for line in lines)
    assert any("4 tried" in line and "4 held" in line for line in lines)
    assert lines[-1].endswith("1 of 1 proofs hold")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A separate project with the same hooks."""
    pytester.makeconftest("from tests.conftest import *")
    return pytester


def run(project: pytest.Pytester, body: str, part: str = "alarms", option: str = "--proofs") -> pytest.RunResult:
    project.makepyfile(f"import pytest\n@pytest.mark.proof({part!r})\ndef test_it(figures):\n    {body}\n")
    return project.runpytest(option, "-p", "no:randomly", "-p", "no:cacheprovider")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [("pass", "*tried nothing*"), ("figures.count('a', held=False)", "*not all held: a: 0 of 1*"), ("1 / 0", "*Zero*")],
)
def test_a_proof_that_does_not_hold_fails(project: pytest.Pytester, body: str, complaint: str) -> None:
    result = run(project, body)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([complaint, "alarms*FAILED*"])


@pytest.mark.parametrize("where", ["body", "mark"])
def test_a_skipped_proof_says_so_and_why_and_does_not_hold(project: pytest.Pytester, where: str) -> None:
    if where == "body":
        result = run(project, "pytest.skip('out of reach')")
    else:
        project.makepyfile(
            "import pytest\n@pytest.mark.skip(reason='out of reach')\n@pytest.mark.proof('alarms')\n"
            "def test_it(figures): ...\n"
        )
        result = project.runpytest("--proofs", "-p", "no:randomly", "-p", "no:cacheprovider")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["alarms*NOT PROVED*", "alarms*skipped*test_it", "*Skipped: out of reach", "all*0 of 1 proofs hold"]
    )
    result.stdout.no_fnmatch_line("*FAILED*")


def test_a_proof_with_a_skipped_and_a_failed_case_failed() -> None:
    proofs = Proofs()
    row = proofs.row("alarms", "tests/test_it.py::test_delivery")
    row.add(Figures(), 1.0, passed=False)
    row.skip("Skipped: out of reach")

    lines = list(proofs.lines())

    assert any("FAILED" in line for line in lines)
    assert lines[-1].endswith("0 of 1 proofs hold")


def test_a_run_without_every_part_fails_though_each_proof_holds(project: pytest.Pytester) -> None:
    result = run(project, "figures.count('a')")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*NOT PROVED*", "*alarms*holds*", "*1 tried*1 held*a"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_proof_of_no_part_is_refused(project: pytest.Pytester) -> None:
    result = run(project, "figures.count('a')", part="everything")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no part of the proofs*"])


def test_the_table_of_one_part_fails_for_no_other(project: pytest.Pytester) -> None:
    result = run(project, "figures.count('a')", option="--proofs-of=alarms")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["alarms *holds*", "*1 of 1 proofs hold*"])
    result.stdout.no_fnmatch_line("*NOT PROVED*")


def test_the_table_of_one_part_fails_without_a_proof_of_it(project: pytest.Pytester) -> None:
    result = run(project, "figures.count('a')", option="--proofs-of=state")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["state *NOT PROVED*"])
