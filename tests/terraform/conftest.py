"""What the terraform tests share."""

import pytest

from ops.progress import Progress
from ops.project import ROOT
from ops.terraform.toolchain import Toolchain, find_toolchain


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain(ROOT, ROOT / "envs" / "dev", Progress())
