"""``custlab grade``: what is typed, and what is shown while a class is graded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, printable, tell_withdrawn


def grade(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    student: Annotated[
        list[str] | None, typer.Option(help="Only this learner; may be given several times.")
    ] = None,
    sandbox: Annotated[
        str,
        typer.Option(help="bubblewrap, or none: run learners' code unprotected."),
    ] = "bubblewrap",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Submissions at a time; by default one per core, and one."),
    ] = None,
    dask: Annotated[str, typer.Option(help="Address of a Dask scheduler to grade on.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has not changed.")
    ] = False,
    seconds: Annotated[float, typer.Option(min=1, help="Longest time for one cell.")] = 30.0,
    memory: Annotated[
        int, typer.Option(min=256, help="Most memory for one submission, MB.")
    ] = 2048,
    course: CourseFolder = Path(),
) -> None:
    """Grade all submissions of an assignment, on all cores; stop and go on at any time."""
    with _modules_are_no_garbage():
        settings = {"sandbox": sandbox, "workers": workers, "force": force, "dask": dask}
        run = _prepare(course, assignment, student, seconds, memory, settings)
    raise typer.Exit(code=_show(run))


@contextmanager
def _modules_are_no_garbage() -> Iterator[None]:
    """Load much without looking through all of it for garbage again and again, nor at the end.

    That would take a second of every run.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _prepare(
    course: Path,
    assignment: str,
    students: list[str] | None,
    seconds: float,
    memory: int,
    settings: dict,
):
    """Read the course and the masters; see `grade` for the options."""
    from custlab.grading.isolate.limits import Limits
    from custlab.grading.run import Run, Settings

    opened = open_course(course)
    limits = Limits(cell_seconds=seconds, memory_mb=memory, total_seconds=max(300.0, 10 * seconds))
    return Run(opened, assignment, Settings(limits=limits, **settings), students)


def _show(run) -> int:
    """Run with a progress bar; give the exit code."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from custlab.i18n import _

    console = Console(stderr=True)
    if run.settings.sandbox == "none":
        console.print(_("Learners' code runs UNPROTECTED on this machine (--sandbox none)."))
    columns = [TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()]
    columns += [TextColumn(_("time left")), TimeRemainingColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(run.assignment, total=len(run.students))

        def told(student: str, results) -> None:
            shown = printable(f"{run.assignment}  {student}")
            progress.update(task, advance=1, description=shown)

        try:
            summary = run.start(told)
        except KeyboardInterrupt:
            progress.stop()
            done = int(progress.tasks[task].completed)
            text = _("Stopped. {done} of {total} are done and kept; the same command goes on.")
            console.print(text.format(done=done, total=len(run.students)))
            return 130
    _tell(console, run, summary)
    tell_withdrawn(run.course, run.assignment)
    return 1 if summary.failed else 0


def _tell(console, run, summary) -> None:
    """Say what was done, and name the slow, the failed and what a person should look at."""
    from custlab.i18n import _, ngettext

    count = len(summary.graded)
    text = ngettext(
        "{n} submission graded in {s:.0f} s", "{n} submissions graded in {s:.0f} s", count
    )
    parts = [text.format(n=count, s=summary.seconds)]
    if summary.unchanged:
        parts.append(_("{n} unchanged since they were graded").format(n=len(summary.unchanged)))
    console.print("; ".join(parts) + ".", highlight=False)
    for results in summary.slow[:10]:
        text = _("slow: {student} took {seconds:.0f} s")
        text = text.format(student=results.student, seconds=results.seconds)
        console.print("  " + text, markup=False)
    for results in summary.graded:
        for item in results.set_aside:
            if item["file"] == "timestamp.txt":
                text = _("to look at: {student}, {file}: {reason}")
                text = printable(text.format(student=results.student, **item))
                console.print("  " + text, markup=False)
        for cell in results.reviews:
            text = _("to look at: {student}, {cell}: {reason}")
            text = text.format(student=results.student, cell=cell.grade_id, reason=cell.reason)
            console.print("  " + printable(text), markup=False)
    for student, reason in sorted(summary.failed.items()):
        text = _("NOT graded: {student}: {reason}")
        text = printable(text.format(student=student, reason=reason))
        console.print("  " + text, markup=False)
    if summary.failed:
        count = len(summary.failed)
        text = ngettext(
            "{n} submission is not graded yet: nothing was written for it. The same command "
            "grades it once the reason is gone.",
            "{n} submissions are not graded yet: nothing was written for them. The same command "
            "grades them once the reason is gone.",
            count,
        )
        console.print(text.format(n=count), highlight=False)
    console.print(_("Results: {folder}").format(folder=run.folder), markup=False)
