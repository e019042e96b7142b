"""Pictures of the bases: a category and a number, scaling, loadings."""

from __future__ import annotations

import pandas as pd

from custlab.i18n import _
from custlab.plots._in_style import in_style
from custlab.plots._margins import fix_margins
from custlab.plots._segment_marks import heat, words
from custlab.style import PALETTE, Picture, new_figure


@in_style
def by_value(table: pd.DataFrame, column: str, value: str, unit: str) -> Picture:
    """Draw how a number differs between the values of a category: median and middle half.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    column, value : str
        The category and the number.
    unit : str
        Unit of the number.

    Returns
    -------
    Picture
        One line and mark for each value of the category.
    """
    groups = table.dropna(subset=[column, value]).groupby(column, observed=True)[value]
    figures = groups.quantile([0.25, 0.5, 0.75]).unstack()
    counts = groups.size()
    height = 1.3 + 0.4 * len(figures)
    fig, ax = new_figure(7.2, height)
    names = [f"{name} (n = {counts[name]:,})" for name in figures.index]
    fix_margins(fig, names, right=0.97, bottom=0.55 / height, top=1 - 0.4 / height)
    places = range(len(figures))
    ax.hlines(places, figures[0.25], figures[0.75], color=PALETTE[0], lw=5, alpha=0.4)
    ax.plot(figures[0.5], places, "o", color=PALETTE[0], ms=8)
    ax.set_yticks(places, names)
    ax.set_ylim(len(figures) - 0.5, -0.5)
    ax.set(
        title=_("{value} by {column}").format(value=words(value), column=words(column)),
        xlabel=_("{value} ({unit}): median and middle half of the customers").format(
            value=words(value), unit=unit
        ),
        xlim=(0, None),
    )
    said = "; ".join(f"{name}: {row[0.5]:,.0f}" for name, row in figures.iterrows())
    return Picture(fig, _("Medians of {value} ({unit}). {said}.").format(
        value=words(value), unit=unit, said=said))  # fmt: skip


@in_style
def before_and_after(values: pd.Series, scaled: pd.Series, unit: str) -> Picture:
    """Draw the distribution of a feature before and after scaling.

    Parameters
    ----------
    values, scaled : Series
        The feature in its own unit, and as the distance sees it.
    unit : str
        Unit of the values.

    Returns
    -------
    Picture
        Two histograms.
    """
    fig, (left, right) = new_figure(7.6, 3.1, ncols=2)
    left.hist(values.dropna().astype(float), bins=40, color=PALETTE[0])
    right.hist(scaled, bins=40, color=PALETTE[2], hatch="//", edgecolor="white")
    left.set(title=_("as measured"), xlabel=f"{words(values.name)} ({unit})", ylabel=_("customers"))
    right.set(title=_("log, then standardised"), xlabel=_("standard deviations from the mean"))
    known = values.dropna().astype(float)
    alt = _(
        "Two histograms of {name}. As measured it has a long right tail: half of the customers lie "
        "below {median:,.0f} {unit}, the largest at {largest:,.0f}. After the logarithm and "
        "standardisation it is nearly symmetric around 0."
    ).format(name=words(values.name), median=known.median(), largest=known.max(), unit=unit)
    return Picture(fig, alt)


@in_style
def loadings(table: pd.DataFrame) -> Picture:
    """Draw which items belong to which factor.

    Parameters
    ----------
    table : DataFrame
        ``loadings_`` of fitted ``FactorScores``.

    Returns
    -------
    Picture
        A heat map; loadings from .2 are printed, from .4 in bold.
    """
    height = 1 + 0.27 * len(table)
    fig, ax = new_figure(max(2.6 + 1.5 * table.shape[1], 4.8), height)
    names = [words(name) for name in table.index]
    fix_margins(fig, names, right=0.97, bottom=0.6 / height, top=1 - 0.35 / height)
    heat(ax, table.to_numpy(), bold=0.4, decimals=2)
    ax.set_yticks(range(len(table)), names)
    ax.set_xticks(range(table.shape[1]), [str(c).replace(": ", ":\n") for c in table.columns])
    ax.set_title(_("Which items go together"))
    said = [
        _("{factor}: {items}").format(
            factor=name,
            items=", ".join(words(i) for i in column.index[column.abs() >= 0.4]) or "–",
        )
        for name, column in table.items()
    ]
    return Picture(
        fig, _("Items with loadings of .4 or more. {said}.").format(said="; ".join(said))
    )
