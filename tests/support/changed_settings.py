"""Applies an environment with other settings, from a copy of the project and over the same state."""

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
        changes: Replacements in the text of the settings file.
    """
    project = folder / "project"
    for name in ("envs", "modules"):
        shutil.copytree(applied.root.parents[1] / name, project / name)
    root = project / "envs" / applied.root.name
    packages = applied.environment["TF_VAR_packages"]  # a relative path, which the state contains
    link = Path(os.path.normpath(root / packages))
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to((applied.root / packages).resolve())
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
    """Plan, and apply the plan.

    Args:
        terraform: Terraform on an initialised root.
        file: Where the plan is written.

    Returns:
        The planned changes.
    """
    terraform.save_plan(file)
    changes = planned_changes(terraform.show_plan(file))
    terraform.apply(str(file))
    return changes
