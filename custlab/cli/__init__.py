"""The ``custlab`` command. Each subcommand's code is imported only when it is called."""

from __future__ import annotations


def main() -> None:
    """Run the command, and show a mendable error as a sentence.

    Examples
    --------
    >>> callable(main)
    True
    """
    import sys

    from custlab.cli.app import app
    from custlab.cli.common import printable
    from custlab.errors import CustLabError

    try:
        app()
    except CustLabError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        sys.exit(1)
