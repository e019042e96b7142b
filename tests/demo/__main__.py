"""`make demo`: play a class through release, answers, marking, feedback and export.

`python -m tests.demo all` does so for every graded exercise, one after the other.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.demo.classroom import Classroom, whole_class
from tests.hygiene import ROOT

FIRST = "03-role-types"


def play(room: Classroom, console: Console) -> None:
    """Take one classroom through all steps, with a progress bar."""
    columns = [TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn()]
    learners = len(room.learners)
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        bar = progress.add_task("", total=7 + learners)

        def step(words, action, count=1):
            progress.update(bar, description=words)
            action()
            progress.advance(bar, count)

        room.prepare()
        step("Making the learners' version", room.generate)
        step("Releasing it", room.release)
        step(
            "Learners answer and hand in",
            lambda: room.work(lambda: progress.advance(bar)),
            count=0,
        )
        step("Collecting", room.collect)
        step(f"Marking {learners} submissions", room.autograde)
        step("Marking free texts by hand", room.mark_essays)
        step("Feedback pages", room.give_feedback)
        step("Exporting", room.export)


def show(room: Classroom, console: Console) -> int:
    """Print every total beside what it should be; give the number of marks that differ."""
    marks, expected = room.marks(), room.expected_marks()
    table = Table(title=f"{room.assignment}: marks of the simulated class")
    for heading in ("learner", "habit"):
        table.add_column(heading)
    for heading in ("mark", "should be", ""):
        table.add_column(heading, justify="right")
    wrong = 0
    for learner in room.learners:
        got, want = marks.loc[learner.name], expected.loc[learner.name]
        differing = [name for name in want.index if abs(got[name] - want[name]) > 1e-9]
        wrong += len(differing)
        verdict = "[green]same" if not differing else f"[red]differs: {', '.join(differing)}"
        table.add_row(learner.name, learner.habit, f"{got.sum():.2f}", f"{want.sum():.2f}", verdict)
    console.print(table)
    console.print(f"Points to be had: {sum(room.points.values()):g}")
    return wrong


def main(assignments: list[str]) -> int:
    """Play the class for the assignments named; `all` stands for every one."""
    console = Console()
    names = assignments or [FIRST]
    if names == ["all"]:
        names = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
    wrong = 0
    for name in names:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            room = whole_class(Path(folder), name)
            began = time.perf_counter()
            play(room, console)
            wrong += show(room, console)
            pages = len(room.feedback_pages())
            console.print(f"{pages} feedback pages; {time.perf_counter() - began:.0f} s in all.\n")
            wrong += pages != len(room.learners)
    console.print("[red]Some marks differ." if wrong else "[green]All marks are as they should be.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
