"""What the ``custlab`` command offers."""

from __future__ import annotations

from typing import Annotated

import typer

from custlab.cli.collect import collect
from custlab.cli.export import export
from custlab.cli.extend import extend
from custlab.cli.feedback import feedback
from custlab.cli.grade import grade
from custlab.cli.handout import handout
from custlab.cli.hub import hub
from custlab.cli.mark import mark
from custlab.cli.own import own
from custlab.cli.regrade import regrade
from custlab.cli.report import report
from custlab.cli.review import progress, review

app = typer.Typer(
    help="CustLab: find out who your customers are. Start with: custlab lab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
INSTRUCTORS = "For instructors, in this order"


@app.command()
def lab(
    port: Annotated[
        int | None, typer.Option(help="Port to serve on; if not given, the first free one.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="Show nbgrader's tools for marking too.")
    ] = False,
) -> None:
    """Check this machine, then open the course in JupyterLab."""
    from custlab.cli.lab import open_course

    open_course(port=port, browser=browser, instructor=instructor)


@app.command()
def check() -> None:
    """Say what this machine has and lacks: one line a need, OK or FAIL, with the remedy."""
    from custlab.cli.check import run_checks, show

    results = run_checks()
    show(results)
    raise typer.Exit(code=int(any(not result.ok for result in results if result.needed)))


for command in (own, progress, review, handout):
    app.command()(command)
for command in (collect, grade, mark, report, feedback, export, regrade, extend, hub):
    app.command(rich_help_panel=INSTRUCTORS)(command)
