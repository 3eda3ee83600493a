"""An applied environment with other settings: from a copy of the project, generated and applied over the same state."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from generate.__main__ import main as generate
from generate.reading import SETTINGS_FILE
from ops.terraform.runner import Terraform
from tests.support.planned_changes import planned_changes


def with_changed_settings(applied: Terraform, folder: Path, changes: Mapping[str, str]) -> Terraform:
    """Terraform on a copy of an environment's root, ready to plan and apply.

    Args:
        applied: Terraform on the root.
        folder: Where the copy goes.
        changes: What stands instead of what in the settings file.
    """
    project = folder / "project"
    for name in ("envs", "modules"):
        shutil.copytree(applied.root.parents[1] / name, project / name)
    root = project / "envs" / applied.root.name
    packages = applied.environment["TF_VAR_packages"]  # the path is relative, and in the state
    Path(os.path.normpath(root / packages)).symlink_to((applied.root / packages).resolve())
    settings = (root / SETTINGS_FILE).read_text()
    for old, new in changes.items():
        assert old in settings
        settings = settings.replace(old, new)
    (root / SETTINGS_FILE).write_text(settings)
    assert generate(["--root", str(project), "--env", root.name]) == 0
    changed = replace(applied, root=root, data=folder / "terraform")
    changed.init()
    return changed


def apply_planned(terraform: Terraform, file: Path) -> list[str]:
    """Apply what a plan says.

    Args:
        terraform: Terraform on a root that is initialised.
        file: Where the plan goes.

    Returns:
        What the plan said that it would change.
    """
    terraform.save_plan(file)
    changes = planned_changes(terraform.show_plan(file))
    terraform.apply(str(file))
    return changes
