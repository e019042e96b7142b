"""Errors that speak to the person who sees them."""

from __future__ import annotations


class CustLabError(Exception):
    """Something that a person can mend, told in a sentence.

    In a notebook only the sentence is shown, without a traceback: it already says what is
    wrong, where, and what to do.

    Examples
    --------
    >>> raise CustLabError("The folder 'x' is read-only: copy the course to your own folder.")
    Traceback (most recent call last):
    custlab.errors.CustLabError: The folder 'x' is read-only: copy the course to your own folder.
    """

    def _render_traceback_(self):
        """Give IPython the lines to show instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class InputError(CustLabError, ValueError):
    """Data or a parameter that cannot be used as given."""
