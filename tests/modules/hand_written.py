"""The roots of docs/examples/hcl, written by hand, on the embedded AWS of the tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.aws.access import Access
from ops.checks.validation import EXAMPLES
from ops.local.variables import isolated_variables
from ops.project.paths import ROOT
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import Toolchain
from tests.support.sample import LOCK


@contextmanager
def applied(
    name: str, folder: Path, toolchain: Toolchain, access: Access, variables: dict[str, str]
) -> Iterator[Terraform]:
    """An example, applied as it stands; what a failed test leaves of it is destroyed.

    Args:
        name: The example.
        folder: Where it is copied to, so that the tree stays as it is.
        toolchain: Terraform and its provider.
        access: The AWS, as someone who may do everything.
        variables: Its variables' values.
    """
    for part in (Path("modules"), EXAMPLES / name):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".terraform*"))
    root = folder / EXAMPLES / name
    shutil.copy(LOCK, root)
    values = {f"TF_VAR_{variable}": value for variable, value in variables.items()}
    terraform = toolchain.on(root, folder / "data", {**isolated_variables(), **access.variables(), **values})
    terraform.init()
    try:
        terraform.apply()
        yield terraform
    finally:
        terraform.apply("-destroy")
