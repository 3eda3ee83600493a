"""The package's version and the newest section of the changelog are the same."""

import re
import tomllib

from ops.project.paths import ROOT


def test_the_newest_section_of_the_changelog_is_the_packages_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    sections = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d{2}-\d{2}\)$", changelog, flags=re.MULTILINE)

    assert sections[:1] == [version], "give CHANGELOG.md a section with the version of pyproject.toml, and the date"
    assert sections == sorted(sections, key=lambda each: [int(part) for part in each.split(".")], reverse=True)
