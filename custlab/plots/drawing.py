"""What pictures share: the course's style, margins set by hand, rows, shaded tables."""

from __future__ import annotations

from functools import wraps
from unicodedata import east_asian_width

import numpy as np

from custlab.style import style

INK = "#111827"
LETTER = 0.078  # inches that a letter of ordinary size takes, on average
ABOVE, BELOW = 0.4, 0.55  # inches for a title, and for numbers and the name of their axis
BESIDE = 0.3  # inches between a label and the diagram


def in_style(draw):
    """Run a function that draws inside the course's style: texts take their fonts from it.

    Parameters
    ----------
    draw : callable
        Gives a ``Picture``.

    Returns
    -------
    callable
        The same function, inside the style.
    """

    @wraps(draw)
    def drawn(*args, **options):
        with style():
            return draw(*args, **options)

    return drawn


def label_rows(ax, labels, **text) -> None:
    """Name the rows of a diagram, the first on top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its rows lie at 0, 1, 2 and so on.
    labels : sequence of str
        Their names.
    **text
        How they are written, as for ``Axes.set_yticks``.

    Examples
    --------
    >>> from custlab.style import new_figure
    >>> fig, ax = new_figure(3, 2)
    >>> label_rows(ax, ["one", "two"])
    >>> [float(end) for end in ax.get_ylim()]
    [1.5, -0.5]
    """
    ax.set_yticks(range(len(labels)), labels, **text)
    ax.set_ylim(len(labels) - 0.5, -0.5)


def shaded_table(
    ax,
    shades,
    texts,
    rows,
    columns,
    *,
    low,
    high,
    cmap="Blues",
    aspect="auto",
    **text,
):
    """Draw a table whose cells are shaded and carry a text.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    shades, texts : array or DataFrame of shape (rows, columns)
        What shades the cells, and what stands in them; cells of an empty text stay without one.
    rows, columns : sequence of str
        The labels.
    low, high : float
        The ends of the scale of shades. Letters are white where the shade is dark.
    cmap, aspect : str
        The colour map, and the shape of the cells.
    **text
        How the texts are written, as for ``Axes.text``; a value that is an array says it for
        each cell.

    Examples
    --------
    >>> from custlab.style import new_figure
    >>> fig, ax = new_figure(3, 2)
    >>> shaded_table(ax, [[0.2, 1.0]], np.array([["20 %", ""]]), ["all"], ["a", "b"],
    ...              low=0, high=1)
    >>> [(cell.get_text(), cell.get_color()) for cell in ax.texts]
    [('20 %', 'black')]
    """
    image = ax.imshow(shades, cmap=cmap, vmin=low, vmax=high, aspect=aspect)
    colours = image.cmap(image.norm(np.ma.masked_invalid(np.asarray(shades, dtype=float))))
    for cell, said in np.ndenumerate(np.asarray(texts)):
        if said:
            own = {key: value[cell] if isinstance(value, np.ndarray) else value
                   for key, value in text.items()}  # fmt: skip
            ax.text(cell[1], cell[0], said, ha="center", va="center", color=ink(colours[cell]),
                    **own)  # fmt: skip
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.grid(visible=False)


def ink(colour) -> str:
    """Choose black or white letters, whichever stands out more on a colour (WCAG contrast).

    Parameters
    ----------
    colour : str or tuple
        As matplotlib takes it; a transparent one lies on white.

    Returns
    -------
    str
        A colour.

    Examples
    --------
    >>> ink("#0072B2"), ink("#F0E442")
    ('white', 'black')
    """
    from matplotlib.colors import to_rgba

    *shade, opaque = to_rgba(colour)
    seen = [1 - opaque * (1 - c) for c in shade]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in seen]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if light > 0.179 else "white"  # the better has 4.5 times the light or more


def plain_numbers(axis) -> None:
    """Write an axis's numbers out, thousands separated: nobody reads "1e6".

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        Such as ``ax.xaxis``.
    """
    axis.set_major_formatter(lambda value, _place: f"{value:,.10g}")
    axis.get_major_locator().set_params(nbins=5)


def fix_margins(fig, labels=(), legend=(), **margins: float) -> None:
    """Set margins by hand: laying out anew at each move of a slider would double the time.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        A figure as made by `custlab.style.new_figure`.
    labels : iterable of str, optional
        Labels of the rows: the left margin holds the longest one, and, unless said otherwise, the
        other two a title and the name of an axis.
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
        margins["left"] = (BESIDE + LETTER * max(map(_width, labels))) / inches
        height = fig.get_figheight()
        margins = {"bottom": BELOW / height, "top": 1 - ABOVE / height} | margins
    if legend:
        # The legend's marks take room too.
        margins["right"] = 1 - (3 * BESIDE + LETTER * max(map(_width, legend))) / inches
    # No engine at all: None alone means what the style says, and "none" bars the margins.
    with rc_context({"figure.constrained_layout.use": False}):
        fig.set_layout_engine(None)
    fig.subplots_adjust(**margins)


def _width(text: str) -> int:
    """Count letters; those of Chinese are as broad as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
