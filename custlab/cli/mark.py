"""``custlab mark``: free texts, all answers to one question on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, say


def mark(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    port: Annotated[int, typer.Option(help="Port to serve on; any free one by default.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    course: CourseFolder = Path(),
) -> None:
    """Mark free texts: all answers to one question beside its rubric, without names."""
    import webbrowser

    from custlab.grading.marking import Desk, serve
    from custlab.i18n import _, ngettext

    desk = Desk(open_course(course), assignment)
    for sheet in desk.sheets:
        text = ngettext(
            "{title}: {n} answer, {open} still to be marked",
            "{title}: {n} answers, {open} still to be marked",
            len(sheet.answers),
        )
        say(text.format(title=sheet.asked.title, n=len(sheet.answers), open=sheet.open))
    with serve(desk, port) as server:
        text = _("Open {address} on this machine. What is saved is in the gradebook at once.")
        say(text.format(address=server.address))
        say(_("Leave this window open while you mark; Ctrl-C here ends it."))
        if browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say(_("Ended. What was saved is kept."))
