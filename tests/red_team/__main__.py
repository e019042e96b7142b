"""Write course/instructor/red-team.md from the attacks themselves: ``python -m tests.red_team``."""

from __future__ import annotations

from pathlib import Path

from custlab.files import write_atomic
from tests.red_team.accidents import ACCIDENTS
from tests.red_team.attack import FULL, Attack
from tests.red_team.attacks_breaking import BREAKING
from tests.red_team.attacks_forging import FORGING
from tests.red_team.attacks_reading import READING
from tests.red_team.attacks_wasting import WASTING

PAGE = Path(__file__).parents[2] / "course" / "instructor" / "red-team.md"
GROUPS = {
    "Reading what must stay secret": READING,
    "Forging marks": FORGING,
    "Breaking the run or the machine": BREAKING,
    "Using up what the grader reads, keeps or shares": WASTING,
    "Honest accidents, which must cost nothing more than they spoil": ACCIDENTS,
}


def page() -> str:
    """Give the page: every submission of the red team, and what must happen to it."""
    hostile = len(READING) + len(FORGING) + len(BREAKING) + len(WASTING)
    parts = [
        "# The red team",
        f"{hostile} hostile and {len(ACCIDENTS)} honest but odd submissions. They are graded in "
        "one run, as one class, on every change; none may gain a point, harm another, see what it "
        "must not, or stop the run. A complete right answer earns "
        f"{sum(FULL.values()):g} points.\n\n"
        "This page is written by `python -m tests.red_team` from the attacks in `tests/red_team/`, "
        "and a test compares the two.",
    ]
    for title, attacks in GROUPS.items():
        rows = "\n".join(map(_row, attacks))
        head = "| submission | what must happen | points | flagged for a person |\n"
        parts.append(f"## {title}\n\n{head}|---|---|---|---|\n{rows}")
    return "\n\n".join(parts) + "\n"


def _row(attack: Attack) -> str:
    points = f"{sum(attack.marks.values()):g}"
    flagged = ", ".join(f"`{name}`" for name in attack.review)
    must = " ".join(attack.must.split()).replace("|", "\\|")
    return f"| {attack.name} | {must} | {points} | {flagged} |"


if __name__ == "__main__":
    write_atomic(PAGE, page())
