"""Pictures of the bases of segments: a category and a number, scaling, loadings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, in_style, label_rows, plain_numbers, shaded_table
from custlab.style import PALETTE, Picture, new_figure

LEAST_TOLD = 0.2  # smaller effects and loadings are shaded, but not printed


def words(name) -> str:
    """Turn a column's name into words.

    Parameters
    ----------
    name : str
        A column of features.

    Returns
    -------
    str
        Words for a learner.

    Examples
    --------
    >>> words("wallet_share")
    'wallet share'
    """
    known = {
        "monetary": _("money spent"),
        "frequency": _("number of orders"),
        "recency": _("time since the last order"),
    }
    return known.get(str(name), str(name).replace("_", " "))


def heat(ax, table, rows, columns, bold: float, decimals: int, limit: float = 1.0, few=None):
    """Draw a table of numbers between -limit and limit as shaded cells.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    table : DataFrame
        The numbers.
    rows, columns : sequence of str
        The labels.
    few : DataFrame, optional
        Of how many customers a number comes, where they are few: told beside it, never in bold.
    bold : float
        From which size on a number is printed in bold.
    decimals : int
        How exactly it is printed; sizes below `LEAST_TOLD` are not.
    limit : float
        The end of the scale of shades.
    """
    size = table.abs().fillna(0).to_numpy()
    texts = table.map(f"{{:+.{decimals}f}}".format)
    strong = size >= bold
    if few is not None:
        texts = texts.where(few.isna(), texts + few.map(" (n = {:.0f})".format))
        strong &= few.isna().to_numpy()
    texts = texts.where(size >= LEAST_TOLD, "")
    shaded_table(
        ax, table.clip(-limit, limit), texts, rows, columns,
        low=-limit, high=limit, cmap="RdBu_r", fontsize=9,
        fontweight=np.where(strong, "bold", "normal"), in_layout=False,
    )  # fmt: skip


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
    fig, ax = new_figure(7.2, 1.3 + 0.4 * len(figures))
    names = [f"{name} (n = {counts[name]:,})" for name in figures.index]
    fix_margins(fig, names, right=0.97)
    places = range(len(figures))
    ax.hlines(places, figures[0.25], figures[0.75], color=PALETTE[0], lw=5, alpha=0.4)
    ax.plot(figures[0.5], places, "o", color=PALETTE[0], ms=8)
    label_rows(ax, names)
    plain_numbers(ax.xaxis)
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
    plain_numbers(left.xaxis)
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
    columns = [str(c).replace(": ", ":\n") for c in table.columns]
    heat(ax, table, names, columns, bold=0.4, decimals=2)
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
