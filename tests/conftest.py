"""Checks the marks and the figures of proofs, and prints them as one table with `--proofs`."""

from collections.abc import Generator
from typing import Final

import pytest

from tests.support.proving import PARTS, Figures, Proofs

pytest_plugins: Final = tuple(f"tests.support.{name}" for name in ("running_pipeline", "progress_output", "collection"))

_FIGURES: Final = pytest.StashKey[Figures]()
_PROOFS: Final = pytest.StashKey[Proofs]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proofs", action="store_true", help="print the proofs as one table; fail where a part has none")
    parser.addoption("--proofs-of", choices=PARTS, help="print the table of this part alone; fail where it has none")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"proof(part): shows a promise, with figures; part is one of {', '.join(PARTS)}")
    config.addinivalue_line("markers", "slow: takes more than about 20 seconds; only `make prove` runs it")
    config.stash[_PROOFS] = Proofs()


def part_of(item: pytest.Item) -> str | None:
    """The part that a test proves, or None."""
    mark = item.get_closest_marker("proof")
    return mark.args[0] if mark else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wrong = sorted({f"{item.nodeid}: {part}" for item in items if (part := part_of(item)) and part not in PARTS})
    if wrong:
        raise pytest.UsageError(f"no part of the proofs; allowed are {', '.join(PARTS)}:\n" + "\n".join(wrong))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """The figures of this proof."""
    stash: pytest.Stash = request.node.stash
    return stash.setdefault(_FIGURES, Figures())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    result = yield
    complaint = item.stash.setdefault(_FIGURES, Figures()).complaint() if part_of(item) else None
    if complaint:
        pytest.fail(complaint, pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    part = part_of(item)
    if part and (call.when == "call" or not report.passed):
        row = item.config.stash[_PROOFS].row(part, item.nodeid.split("[")[0])
        if report.skipped:
            row.skip(skip_reason(report))
        else:
            row.add(item.stash.get(_FIGURES, Figures()), report.duration, passed=report.passed)
    return report


def skip_reason(report: pytest.TestReport) -> str:
    """The reason that a skipped test gives."""
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext


def parts_to_print(config: pytest.Config) -> tuple[str, ...]:
    """The parts of the requested table; empty where none is requested."""
    part = config.getoption("--proofs-of")
    return (part,) if part else PARTS if config.getoption("--proofs") else ()


def pytest_sessionfinish(session: pytest.Session) -> None:
    parts = parts_to_print(session.config)
    if parts and not session.config.stash[_PROOFS].complete(parts):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if parts := parts_to_print(config):
        terminalreporter.section("proofs")
        for line in config.stash[_PROOFS].lines(parts):
            terminalreporter.write_line(line)
