"""The gradebook's address as people may see it: never with its password."""

from __future__ import annotations

from urllib.parse import quote

from custlab.i18n import _


def shown(url: str) -> str:
    """Give an address with stars for its password.

    Parameters
    ----------
    url : str
        The address of a database, as SQLAlchemy reads it.

    Returns
    -------
    str
        The same without a secret; the name of nbgrader's setting if it is no address.

    Examples
    --------
    >>> shown("postgresql+psycopg://marker:secret@db.example.org/gradebook")
    'postgresql+psycopg://marker:***@db.example.org/gradebook'
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "c.CourseDirectory.db_url"


def why_closed(url: str, error: Exception) -> str:
    """Say why a gradebook cannot be opened.

    Parameters
    ----------
    url : str
        Its address.
    error : Exception
        What opening it raised.

    Returns
    -------
    str
        Sentences without the password, even if the error names it.
    """
    if isinstance(error, ImportError):
        return _(
            "The gradebook at {address} needs the package {name}, which is not installed. For "
            "PostgreSQL: pip install 'custlab[postgresql]', and an address that begins with "
            "postgresql+psycopg://."
        ).format(address=shown(url), name=error.name)
    told = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
    return _(
        "The gradebook at {address} cannot be opened: {reason}. Its address is "
        "c.CourseDirectory.db_url in nbgrader_config.py."
    ).format(address=shown(url), reason=_without_password(told[0].rstrip("."), url))


def _without_password(text: str, url: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        password = make_url(url).password
    except (ArgumentError, ValueError):
        return text.replace(url, "***")
    for written in (password, quote(password, safe="")) if password else ():
        text = text.replace(written, "***")
    return text
