"""Fixed margins, for the pictures of explorers."""

from __future__ import annotations

LETTER = 0.078  # inches that a letter of ordinary size takes, on average
BESIDE = 0.3  # inches between a label and the diagram


def fix_margins(fig, labels=(), legend=(), **margins: float) -> None:
    """Set margins by hand: laying out anew at each move of a slider would double the time.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        A figure as made by `custlab.style.new_figure`.
    labels : iterable of str, optional
        Labels of the rows: the left margin holds the longest one.
    legend : iterable of str, optional
        Entries of a legend to the right of the diagram: the right margin holds the longest one.
    **margins : float
        As for ``Figure.subplots_adjust``: left, right, bottom, top, wspace (shares of the figure).

    Examples
    --------
    >>> from custlab.style import new_figure
    >>> fig, ax = new_figure(4, 3)
    >>> fix_margins(fig, left=0.2)
    >>> float(round(ax.get_position().x0, 2))
    0.2
    >>> fix_margins(fig, labels=["a label that is rather long"])
    >>> float(round(ax.get_position().x0, 2))
    0.6
    """
    from matplotlib import rc_context

    inches = fig.get_figwidth()
    if labels:
        margins["left"] = (BESIDE + LETTER * max(map(len, labels))) / inches
    if legend:
        # The legend's marks take room too.
        margins["right"] = 1 - (3 * BESIDE + LETTER * max(map(len, legend))) / inches
    # No engine at all: None alone means what the style says, and "none" bars the margins.
    with rc_context({"figure.constrained_layout.use": False}):
        fig.set_layout_engine(None)
    fig.subplots_adjust(**margins)
