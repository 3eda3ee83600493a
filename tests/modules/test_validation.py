"""What is written by hand is validated like what is generated, and its format is checked; no module is left out."""

import re
import shutil
from io import StringIO
from pathlib import Path

from ops.checks.validation import EXAMPLES, validate_all
from ops.project.paths import ACCOUNT, ROOT
from ops.project.progress import Progress
from tests.support.sample import LOCK

GOOD = 'output "one" {\n  value = 1\n}\n'
EXAMPLE_TEXTS = {
    "good": GOOD,
    "dangling": GOOD.replace("1", "local.missing"),
    "unformatted": GOOD.replace("  value", "value"),
    "calling": 'module "called" {\n  source = "../../../../modules/called"\n}\n',
}
MODULES = ("called", "lonely")


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "modules/data/versions.tf.json", folder)
    (folder / "main.tf").write_text(text)


def test_every_example_is_validated_and_its_format_checked(tmp_path: Path) -> None:
    for name, text in EXAMPLE_TEXTS.items():
        write(tmp_path / EXAMPLES / name, text)
    for name in MODULES:
        write(tmp_path / "modules" / name, EXAMPLE_TEXTS["dangling"])
    (tmp_path / "envs" / ACCOUNT).mkdir(parents=True)
    shutil.copy(LOCK, tmp_path / "envs" / ACCOUNT)
    said = StringIO()

    assert not validate_all(tmp_path, Progress(said))

    assert "docs/examples/hcl/good: valid" in said.getvalue()
    assert "docs/examples/hcl/dangling: terraform validate in dangling failed" in said.getvalue()
    assert "docs/examples/hcl/unformatted: terraform fmt in unformatted failed" in said.getvalue()
    assert re.search(r"hcl/calling: .*\n(.*\n)*.*undeclared local value", said.getvalue())
    for name in MODULES:
        assert f"  modules/{name}: terraform validate in {name} failed" in said.getvalue()
