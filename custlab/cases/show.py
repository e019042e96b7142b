"""Tables for people to read in a notebook: whole texts, words to the left, no row numbers."""

from __future__ import annotations

import pandas as pd

LEFT = [("text-align", "left"), ("vertical-align", "top")]


def table_html(frame):
    """Return a small table as HTML that reads well in the light and the dark theme.

    Parameters
    ----------
    frame : DataFrame
        The table; its index is not shown.

    Returns
    -------
    str

    Examples
    --------
    >>> "Wuhan" in table_html(pd.DataFrame({"city": ["Wuhan"]}))
    True
    """
    plain = pd.DataFrame(frame).reset_index(drop=True)
    words = [c for c in plain if not pd.api.types.is_numeric_dtype(plain[c].dtype)]
    styler = plain.style.hide(axis="index").format(escape="html", na_rep="")
    styler = styler.set_table_styles([{"selector": "th", "props": LEFT}])
    return styler.set_properties(subset=words, **dict(LEFT)).to_html()


class ReadableFrame(pd.DataFrame):
    """A DataFrame that shows its texts whole in a notebook; otherwise a DataFrame like any."""

    @property
    def _constructor(self):
        return ReadableFrame

    def _repr_html_(self):
        return table_html(self)
