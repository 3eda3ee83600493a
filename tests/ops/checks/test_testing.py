"""Two programs side by side: the output of both is shown, and either can fail."""

import sys
from io import StringIO
from pathlib import Path

import pytest

from ops.checks.testing import run_side_by_side


def printing(word: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", f"print({word!r}); raise SystemExit({code})"]


@pytest.mark.parametrize(("front", "back", "code"), [(0, 0, 0), (3, 0, 3), (0, 4, 4), (3, 4, 3)])
def test_either_can_fail(capfd: pytest.CaptureFixture[str], front: int, back: int, code: int) -> None:
    output = StringIO()

    found = run_side_by_side(printing("ahead", front), printing("behind", back), output)

    assert found == code
    assert capfd.readouterr().out == "ahead\n"
    assert output.getvalue() == "behind\n"


def test_they_run_at_once(tmp_path: Path) -> None:
    met = tmp_path / "met"
    waits = f"import pathlib, time\nwhile not pathlib.Path({str(met)!r}).exists(): time.sleep(0.01)"

    found = run_side_by_side(
        [sys.executable, "-c", waits], [sys.executable, "-c", f"open({str(met)!r}, 'w').close()"], StringIO()
    )

    assert found == 0
