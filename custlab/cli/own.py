"""``custlab own``: a company's exports as a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import say


def own(
    files: Annotated[list[Path], typer.Argument(help="Exported files, CSV or Excel.")],
    mapping: Annotated[
        Path, typer.Option(help="The file that says which column is which; made if not there.")
    ] = Path("own.yml"),
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How 05/06/2024 is meant, if it is asked."),
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="The decimal sign, if it is asked.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Asia/Shanghai.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the files, if it is asked.")] = None,
) -> None:
    """Map the columns of your own firm's exports, then check the files and say what they allow."""
    from custlab.i18n import _
    from custlab.own import open_own, propose

    if not mapping.exists():
        proposed = propose(
            *files, day_first=day_first, decimal=decimal, time_zone=time_zone, encoding=encoding
        )
        proposed.save(mapping)
        for line in mapping.read_text(encoding="utf-8").splitlines():
            say(line)
        say(_("Written: {file}. Look at it, correct it, and give the same command again.").format(
            file=mapping))  # fmt: skip
        return
    for line in repr(open_own(files, mapping)).splitlines():
        say(line)
    call = f"open_own({[str(file) for file in files]}, {str(mapping)!r})"
    say(_("In a notebook: from custlab.own import open_own; case = {call}.case").format(call=call))
