"""Fixed margins, for the pictures of explorers."""

from __future__ import annotations


def fix_margins(fig, **margins: float) -> None:
    """Set margins by hand: laying out anew at each move of a slider would double the time.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        A figure as made by `custlab.style.new_figure`.
    **margins : float
        As for ``Figure.subplots_adjust``: left, right, bottom, top, wspace (shares of the figure).

    Examples
    --------
    >>> from custlab.style import new_figure
    >>> fig, ax = new_figure(4, 3)
    >>> fix_margins(fig, left=0.2)
    >>> float(round(ax.get_position().x0, 2))
    0.2
    """
    fig.set_layout_engine(None)
    fig.subplots_adjust(**margins)
