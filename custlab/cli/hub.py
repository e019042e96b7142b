"""``custlab hub``: the settings for a server on which many learners work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import say


def hub(
    to: Annotated[
        Path, typer.Option(help="The folder of Jupyter's settings for all accounts.")
    ] = Path("/etc/jupyter"),
    instructor: Annotated[
        bool, typer.Option("--instructor", help="Show nbgrader's tools: for one person's folder.")
    ] = False,
) -> None:
    """Set up JupyterLab for the course on a JupyterHub; settings that are there are kept."""
    from custlab.cli.lab import write_settings
    from custlab.errors import CustLabError
    from custlab.i18n import _

    try:
        for path in write_settings(to, instructor):
            path.chmod(0o644)
            say(_("Written: {path}").format(path=path))
    except OSError as error:
        text = _("{path} cannot be written ({why}). Run it as administrator, or choose --to.")
        raise CustLabError(text.format(path=to, why=error.strerror)) from error
