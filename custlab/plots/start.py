"""The picture of the first page: how unevenly sales are spread over customers."""

from __future__ import annotations

import numpy as np

from custlab.i18n import _
from custlab.plots.drawing import fix_margins
from custlab.style import MUTED, PALETTE, Picture, new_figure


def concentration(amounts, best: float, title: str) -> Picture:
    """Draw which share of sales the best customers bring (a Lorenz curve, best first).

    Parameters
    ----------
    amounts : pandas.Series
        Sales of each customer, largest first.
    best : float
        Per cent of the customers to mark.
    title : str
        What is shown.

    Returns
    -------
    Picture
        The curve, the line of equal customers, and the marked point.

    References
    ----------
    Lorenz, M. O. (1905). Methods of measuring the concentration of wealth. Publications of the
    American Statistical Association, 9, 209-219.

    Examples
    --------
    >>> import pandas as pd
    >>> concentration(pd.Series([8.0, 1.0, 1.0, 0.0]), 25, "Sales").alt
    'The best 25 % of customers bring 80 % of sales.'
    """
    sums = np.concatenate([[0.0], amounts.cumsum().to_numpy()])
    customers = np.linspace(0, 100, len(sums))
    sales = sums / sums[-1] * 100
    here = sums[round(len(amounts) * best / 100)] / sums[-1] * 100
    fig, ax = new_figure(6.5, 3.6)
    fix_margins(fig, left=0.1, right=0.97, bottom=0.15, top=0.91)
    few = np.unique(np.linspace(0, len(sums) - 1, 400).round().astype(int))  # enough for a curve
    ax.plot(customers[few], sales[few], color=PALETTE[0], linewidth=2, label=_("as it is"))
    ax.plot([0, 100], [0, 100], color=MUTED, linestyle="--", label=_("if all bought the same"))
    ax.plot([best, best, 0], [0, here, here], color=PALETTE[3], linewidth=1)
    ax.plot(best, here, marker="o", markersize=9, color=PALETTE[3])
    near_edge = best > 70
    ax.annotate(
        _("{share:.0f} % of sales").format(share=here),
        (best, here),
        xytext=(-10 if near_edge else 10, -16),
        textcoords="offset points",
        ha="right" if near_edge else "left",
    )
    ax.set(
        title=title,
        xlabel=_("customers, the best first (%)"),
        ylabel=_("their share of sales (%)"),
        xlim=(0, 100),
        ylim=(0, 104),
    )
    ax.legend(loc="lower right")
    alt = _("The best {best} % of customers bring {share:.0f} % of sales.")
    return Picture(fig, alt.format(best=best, share=here))
