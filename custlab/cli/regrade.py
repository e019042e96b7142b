"""``custlab regrade``: what a mended master changes, before it changes anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, printable, say


def regrade(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the new marks; without it they are only shown.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option(help="Write every changed mark into this file as well.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Only this learner; may be given several times.")
    ] = None,
    sandbox: Annotated[
        str, typer.Option(help="bubblewrap, or none: run learners' code unprotected.")
    ] = "bubblewrap",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions at a time; as many as cores by default.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Longest time for one cell.")] = 30.0,
    memory: Annotated[
        int, typer.Option(min=256, help="Most memory for one submission, MB.")
    ] = 2048,
    course: CourseFolder = Path(),
) -> None:
    """Show whose marks a mended master changes, and by how much; --apply writes them."""
    from custlab.grading.isolate.limits import Limits
    from custlab.grading.run import Settings
    from custlab.i18n import _

    opened = open_course(course)
    limits = Limits(cell_seconds=seconds, memory_mb=memory, total_seconds=max(300.0, 10 * seconds))
    settings = Settings(sandbox, workers, limits=limits)
    outlook, failed, copy = _work(opened, assignment, settings, student, apply)
    _tell(outlook, apply)
    if csv is not None:
        _write(outlook, csv)
    for name, reason in sorted(failed.items()):
        say(_("NOT graded: {student}: {reason}").format(student=name, reason=reason))
    if copy is not None:
        say(_("The gradebook as it was: {path}").format(path=copy))
    if not apply:
        say(_("Nothing was written; --apply writes it."))
    raise typer.Exit(code=int(bool(failed or (outlook.ungraded and not failed))))


def _work(course, assignment: str, settings, students, apply: bool):
    """Run the preview or the real thing with a progress bar."""
    from rich.console import Console
    from rich.progress import Progress

    from custlab.grading.regrade import apply_regrade, preview_regrade

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(assignment, total=None)

        def told(_student: str, total: int) -> None:
            progress.update(task, advance=1, total=total)

        if apply:
            return apply_regrade(course, assignment, settings, students, told)
        return preview_regrade(course, assignment, settings, students, told), {}, None


def _tell(outlook, apply: bool) -> None:
    """Show the learners whose total changes, and how many marks move in which question."""
    from collections import Counter

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from custlab.i18n import _, ngettext

    changed, everybody = outlook.changed, len(outlook.totals)
    if apply:
        text = ngettext("{n} of {all} totals has changed.", "{n} of {all} totals have changed.",
                        len(changed))  # fmt: skip
    else:
        text = ngettext("{n} of {all} totals would change.", "{n} of {all} totals would change.",
                        len(changed))  # fmt: skip
    say(text.format(n=len(changed), all=everybody))
    if len(changed):
        late = bool(outlook.totals[["penalty_before", "penalty_after"]].to_numpy().any())
        table = Table(caption=_("Final points, late penalties taken off") if late else None)
        headings = [_("Learner"), _("Before"), _("After"), _("Change")]
        headings += [_("Late penalty")] if late else []
        for heading in (*headings, _("Where")):
            table.add_column(heading, justify="left" if heading == _("Learner") else "right")
        for student, row in changed.iterrows():
            where = ", ".join(
                change.cell
                for change in outlook.changes
                if change.student == student and not change.by_hand
            )
            numbers = [f"{row['before']:g}", f"{row['after']:g}", f"{row['change']:+g}"]
            if late:
                numbers += [f"{row['penalty_before']:g} → {row['penalty_after']:g}"]
            table.add_row(Text(printable(str(student))), *numbers, Text(printable(where)))
        Console().print(table)
    cells = Counter(change.cell for change in outlook.changes if not change.by_hand)
    for cell, count in cells.most_common():
        text = ngettext("{cell}: {n} mark", "{cell}: {n} marks", count)
        say("  " + text.format(cell=cell, n=count))
    kept = [change for change in outlook.changes if change.by_hand]
    for change in kept:
        text = _("{student}, {cell}: the mark by hand stays, the test now says otherwise")
        say("  " + text.format(student=change.student, cell=change.cell))
    if outlook.ungraded:
        say(_("Could not be run: {names}").format(names=", ".join(outlook.ungraded)))


def _write(outlook, path: Path) -> None:
    """Write every changed mark into a table."""
    from custlab.files import write_atomic
    from custlab.grading.export.csv_text import Sheet, guarded
    from custlab.i18n import _

    header = ["student_id", "notebook", "cell", "before", "after", "marked_by_hand", "why"]
    rows = [
        [guarded(value) for value in (c.student, c.notebook, c.cell, c.before, c.after, c.by_hand,
                                      c.why)]
        for c in outlook.changes
    ]  # fmt: skip
    if not path.parent.is_dir():
        from custlab.errors import CustLabError

        raise CustLabError(_("There is no folder {path}.").format(path=path.parent))
    write_atomic(path, Sheet([header, *rows]).to_bytes())
    say(_("Written: {path}").format(path=path))
