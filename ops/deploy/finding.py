"""What the doctor finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        well: Whether it is as it should be.
        text: What was found.
        remedy: What to do where it is not well.
    """

    well: bool
    text: str
    remedy: str = ""

    def line(self) -> str:
        """The finding for people."""
        mark = "ok     " if self.well else "problem"
        remedy = f"\n        -> {self.remedy}" if self.remedy and not self.well else ""
        return f"{mark} {self.text}{remedy}"


def well(text: str) -> Finding:
    """Something that is as it should be."""
    return Finding(well=True, text=text)


def problem(text: str, remedy: str) -> Finding:
    """Something that is not, and what to do."""
    return Finding(well=False, text=text, remedy=remedy)
