"""Maps of customers by segment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, in_style
from custlab.style import MARKERS, MUTED, PALETTE, Picture, new_figure

# Two more than the palette has, for up to ten segments side by side.
COLOURS = [*PALETTE, MUTED, "#8B4513"]
MARKS = [*MARKERS, "<", "h"]


def coordinates(scaled) -> np.ndarray:
    """Give each customer a place on the flat map that keeps most of the variance.

    Parameters
    ----------
    scaled : DataFrame or array of shape (customers, features)
        Features on comparable scales.

    Returns
    -------
    ndarray of shape (customers, 2)
        The first two principal components.
    """
    from sklearn.decomposition import PCA

    values = np.asarray(scaled, dtype=float)
    if values.shape[1] == 1:
        return np.column_stack([values, np.zeros(len(values))])
    return PCA(2, random_state=0).fit_transform(values)


def look(place: int) -> tuple[str, str]:
    """Give a segment's colour and mark; the first fifty pairs differ, the first ten in both.

    Parameters
    ----------
    place : int
        Which segment, from 0.

    Returns
    -------
    tuple of str
        As matplotlib takes them.

    Examples
    --------
    >>> len({look(place) for place in range(50)})
    50
    """
    return COLOURS[place % 10], MARKS[(place + place // 10) % 10]


def points(ax, places, labels, names=None) -> None:
    """Draw customers as points, with a colour and a mark for each segment.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    places : array of shape (customers, 2)
        Their places.
    labels : array
        Their segments.
    names : dict, optional
        Names of the segments.
    """
    labels = np.asarray(labels)
    for place, segment in enumerate(np.unique(labels)):
        own = places[labels == segment]
        name = str((names or {}).get(segment, segment))
        colour, mark = look(place)
        ax.plot(own[:, 0], own[:, 1], mark, ls="none", ms=4, alpha=0.55, mew=0, color=colour,
                label=f"{name} (n = {len(own):,})")  # fmt: skip


@in_style
def map_of(places, labels, names: dict | None = None, title: str = "") -> Picture:
    """Draw customers on a flat map, marked by segment.

    Parameters
    ----------
    places : array of shape (customers, 2)
        The result of :func:`coordinates`, or two features.
    labels : array or Series
        Segments.
    names : dict, optional
        Names of the segments.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A scatter diagram.
    """
    fig, ax = new_figure(7.2, 4.6)
    points(ax, places, labels, names)
    ax.set(
        title=title or _("Segments on a map"),
        xlabel=_("first principal component"),
        ylabel=_("second principal component"),
    )
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    sizes = pd.Series([str((names or {}).get(s, s)) for s in labels]).value_counts()
    said = ", ".join(f"{name}: {n:,}" for name, n in sizes.items())
    return Picture(
        fig, _("Customers as points on a map, marked by segment ({said}).").format(said=said)
    )


@in_style
def map_and_silhouette(places, labels, widths) -> Picture:
    """Draw the map of the segments beside the silhouette of every customer.

    Parameters
    ----------
    places : array of shape (customers, 2)
        The result of :func:`coordinates`.
    labels : array
        Segments of all customers.
    widths : Series
        Silhouette widths by position of the customer, perhaps of a sample.

    Returns
    -------
    Picture
        Two diagrams side by side.
    """
    fig, (left, right) = new_figure(9, 4.1, ncols=2)
    fix_margins(fig, left=0.04, right=0.985, bottom=0.13, top=0.91, wspace=0.1)
    labels = np.asarray(labels)
    points(left, places, labels)
    left.set(title=_("Map"), xticks=[], yticks=[])
    left.set_xlabel(_("first two principal components"))
    start, inside = 0, labels[widths.index]
    for place, segment in enumerate(np.unique(labels)):
        own = np.sort(widths.to_numpy()[inside == segment])
        y = np.arange(start, start + len(own))
        right.fill_betweenx(y, 0, own, color=look(place)[0], lw=0)
        right.text(-0.02, start + len(own) / 2, str(segment), ha="right", va="center")
        start += len(own) + max(3, len(widths) // 60)
    mean = float(widths.mean())
    right.axvline(mean, color="black", ls="--", label=_("mean {mean:.2f}").format(mean=mean))
    right.set(title=_("Silhouette"), xlabel=_("silhouette width"), yticks=[])
    right.set_ylabel(_("customers, by segment"))
    right.legend(loc="lower right")
    below = (widths < 0).mean()
    alt = _(
        "Left, a map of {n:,} customers in {k} segments; right, their silhouette widths: mean "
        "{mean:.2f}, {below:.0%} below zero."
    ).format(n=len(labels), k=len(np.unique(labels)), mean=mean, below=below)
    return Picture(fig, alt)


@in_style
def two_maps(places, first, second, titles: tuple[str, str]) -> Picture:
    """Draw two divisions of the same customers side by side.

    Parameters
    ----------
    places : array of shape (customers, 2)
        The result of :func:`coordinates`.
    first, second : array
        Segments.
    titles : tuple of str
        Headings of the two maps.

    Returns
    -------
    Picture
        Two scatter diagrams.
    """
    fig, axes = new_figure(9, 3.9, ncols=2)
    fix_margins(fig, left=0.02, right=0.985, bottom=0.08, top=0.91, wspace=0.05)
    for ax, labels, title in zip(axes, (first, second), titles, strict=True):
        points(ax, places, labels)
        ax.set(title=title, xticks=[], yticks=[])
        ax.set_xlabel(_("first two principal components"))
    alt = _("Two maps of the same {n:,} customers, divided in two ways: {one}; {two}.")
    return Picture(fig, alt.format(n=len(places), one=titles[0], two=titles[1]))


@in_style
def two_features(table, labels, xlabel: str, ylabel: str, title: str, centers=None) -> Picture:
    """Draw segments over two features in their own units.

    Parameters
    ----------
    table : array of shape (customers, 2)
        The features.
    labels : array
        Segments.
    xlabel, ylabel, title : str
        Labels with units, and the heading.
    centers : array of shape (segments, 2), optional
        Centres to mark by a cross.

    Returns
    -------
    Picture
        A scatter diagram.
    """
    fig, ax = new_figure(7.2, 4.2)
    fix_margins(fig, left=0.1, right=0.79, bottom=0.13, top=0.92)
    points(ax, np.asarray(table, dtype=float), labels)
    if centers is not None:
        ax.plot(*np.asarray(centers).T, "X", color="black", ms=12, mec="white", label=_("centre"))
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    sizes = pd.Series(labels).value_counts().sort_index()
    said = ", ".join(f"{segment}: {n:,}" for segment, n in sizes.items())
    return Picture(fig, _("{title}. Customers by segment: {said}.").format(title=title, said=said))
