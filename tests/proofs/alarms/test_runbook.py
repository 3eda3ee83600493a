"""The runbook has a section for each alarm, which says what it means, what to look at and what to do."""

import re

import pytest

from ops.project.paths import ROOT
from tests.proofs.alarms.generated_alarms import ALARMS
from tests.support.proving import Figures

PARTS = ("Means", "Look", "Do")
MINIMUM_WORDS = 5


def sections() -> dict[str, str]:
    """The runbook's sections by the anchor of their heading."""
    _, *texts = re.split(r"^## ", (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = [text.partition("\n") for text in texts]
    return {heading.strip().lower().replace(" ", "-"): body for heading, _, body in found}


@pytest.mark.proof("alarms")
def test_it_has_a_section_for_each_alarm_and_no_other(figures: Figures) -> None:
    named = {alarm["alarm_description"].rpartition("#")[2] for alarm in ALARMS.values()}

    assert named == set(sections())
    figures.tried("alarms that name their section of the runbook", len(ALARMS))


@pytest.mark.proof("alarms")
@pytest.mark.parametrize("name", sections())
def test_a_section_says_what_it_means_what_to_look_at_and_what_to_do(name: str, figures: Figures) -> None:
    parts = re.findall(r"^\*\*(\w+)\*\*: (.+)$", sections()[name], flags=re.MULTILINE)

    assert tuple(part for part, _ in parts) == PARTS
    assert min(len(words.split()) for _, words in parts) >= MINIMUM_WORDS
    figures.tried("parts of the runbook's sections", len(parts))
