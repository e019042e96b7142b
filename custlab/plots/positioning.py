"""Pictures of lesson 01: messages and groups, needs, the road to an order, worth of a trial."""

from __future__ import annotations

import numpy as np

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, label_rows, shaded_table
from custlab.style import HATCHES, MARKERS, MUTED, PALETTE, Picture, new_figure


def words_for(approach: str) -> str:
    """Say an approach of a campaign in words.

    Parameters
    ----------
    approach : str
        As in the campaign table.

    Returns
    -------
    str
        Words for a learner; unknown approaches are given back as they are.

    Examples
    --------
    >>> words_for("demo")
    'an invitation to try'
    """
    known = {
        "advice": _("an expert's advice"),
        "price": _("a price offer"),
        "demo": _("an invitation to try"),
        "none": _("nothing (control group)"),
    }
    return known.get(approach, approach)


def responses(rates, title: str) -> Picture:
    """Draw the response rate of each approach, group by group, with its interval.

    Parameters
    ----------
    rates : pandas.DataFrame
        As ``custlab.positioning.response_rates`` gives it.
    title : str
        What the picture says.

    Returns
    -------
    Picture
        A row for each group, a mark for each approach.

    Examples
    --------
    >>> import pandas as pd
    >>> one = {"group": ["all"], "approach": ["price"], "contacted": [100], "rate": [0.2],
    ...        "low": [0.13], "high": [0.29]}
    >>> responses(pd.DataFrame(one), "One message").alt
    'Response rates with 95 % intervals. all: a price offer 20 %.'
    """
    groups, approaches = list(rates["group"].unique()), _in_order(rates["approach"])
    height = 1.5 + 0.52 * len(groups)
    fig, ax = new_figure(8.5, height)
    words = [words_for(approach) for approach in approaches]
    fix_margins(fig, groups, words, bottom=0.6 / height, top=1 - 0.35 / height)
    offsets = np.linspace(-0.24, 0.24, len(approaches)) if len(approaches) > 1 else [0]
    for number, approach in enumerate(approaches):
        some = rates[rates["approach"] == approach]
        rows = [groups.index(group) + offsets[number] for group in some["group"]]
        control = approach == "none"
        color = MUTED if control else PALETTE[number]
        ax.hlines(rows, some["low"] * 100, some["high"] * 100, color=color, linewidth=1)
        ax.plot(
            some["rate"] * 100,
            rows,
            linestyle="",
            marker="|" if control else MARKERS[number],
            markersize=9 if control else 7,
            color=color,
            clip_on=False,  # a mark at 0 % is shown whole
            label=words[number],
        )
    label_rows(ax, groups)
    ax.set(title=title, xlabel=_("responded, % (line: 95 % interval)"), xlim=(0, None))
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    parts = [_one_group(rates[rates["group"] == group], group) for group in groups]
    alt = _("Response rates with 95 % intervals. {parts}.").format(parts="; ".join(parts))
    return Picture(fig, alt)


def _in_order(column):
    """Give the values once, sorted; the control group last."""
    return sorted(column.unique(), key=lambda value: (value == "none", value))


def _one_group(rates, group):
    each = [
        f"{words_for(a)} {r:.0%}" for a, r in zip(rates["approach"], rates["rate"], strict=True)
    ]
    return f"{group}: {', '.join(each)}".replace("%", " %")


def needs(means, title: str) -> Picture:
    """Draw how much each group differs from everybody in what it asks for.

    Parameters
    ----------
    means : pandas.DataFrame
        Mean importance from 1 to 7: one row a group, one column a need.
    title : str
        What the picture says.

    Returns
    -------
    Picture
        A table of numbers: the group's mean, shaded by its distance from the mean of all groups.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"price": [6.0, 4.0], "design": [3.0, 5.0]}, index=["old", "young"])
    >>> needs(table, "Needs").alt
    'Mean importance from 1 to 7. Highest: old: price 6.0; young: design 5.0.'
    """
    means = means.astype(float)
    away = means - means.mean()
    fig, ax = new_figure(8.5, 1.4 + 0.42 * len(means))
    shaded_table(ax, away, means.map("{:.1f}".format), means.index, means.columns,
                 low=-2, high=2, cmap="PuOr_r")  # fmt: skip
    ax.set_title(title)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    top = [f"{group}: {row.idxmax()} {row.max():.1f}" for group, row in means.iterrows()]
    alt = _("Mean importance from 1 to 7. Highest: {top}.").format(top="; ".join(top))
    return Picture(fig, alt)


def road(stages, offer_days: int, title: str) -> Picture:
    """Draw when each stage of the way to an order leaves its traces, and how far an offer reaches.

    Parameters
    ----------
    stages : pandas.DataFrame
        One row a stage, in order: early, middle, late (days before the order; quartiles) and
        where (words for the channels used most).
    offer_days : int
        How many days before its end an offer begins.
    title : str
        What the picture says.

    Returns
    -------
    Picture
        A bar for each stage, from the first to the third quartile, with the median marked.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"early": [40], "middle": [30], "late": [20], "where": ["store"]},
    ...                    index=["need"])
    >>> road(one, 14, "The road").alt
    'Median days before the order: need 30. The offer begins 14 days before its end.'
    """
    fig, ax = new_figure(8, 3.0)
    fix_margins(fig, list(stages.index), right=0.98, bottom=0.19, top=0.88)
    rows = np.arange(len(stages))
    ax.barh(rows, stages["late"] - stages["early"], left=-stages["late"], height=0.5,
            color=PALETTE[5])  # fmt: skip
    ax.plot(-stages["middle"], rows, linestyle="", marker="D", color=PALETTE[0])
    longest = max(stages["early"].max(), 1)
    for row, where in zip(rows, stages["where"], strict=True):
        ax.text(longest * 0.03, row, where, va="center", fontsize=9)
    ax.axvline(0, color="black", linewidth=1)
    ax.axvspan(-min(offer_days, longest * 1.1), 0, color=PALETTE[1], alpha=0.25, zorder=0)
    ax.set_yticks(rows, stages.index)
    ax.invert_yaxis()
    ax.set(title=title, xlabel=_("days before the order (shaded: the offer runs)"))
    ax.grid(axis="y", visible=False)
    ax.set_xlim(-longest * 1.1, longest * 0.75)
    ax.set_xticks([tick for tick in ax.get_xticks() if -longest * 1.1 <= tick <= 0])
    ax.xaxis.set_major_formatter(lambda value, position: f"{abs(value):.0f}")
    days = ", ".join(f"{name} {days:.0f}" for name, days in stages["middle"].items())
    alt = _(
        "Median days before the order: {days}. The offer begins {offer} days before its end."
    ).format(days=days, offer=offer_days)
    return Picture(fig, alt)


def first_and_later(sales, title: str) -> Picture:
    """Draw a year's sales, split into first orders and all later ones.

    Parameters
    ----------
    sales : pandas.DataFrame
        Sales in CNY: one row a year, columns "first" and "later".
    title : str
        What the picture says.

    Returns
    -------
    Picture
        Stacked bars.

    Examples
    --------
    >>> import pandas as pd
    >>> first_and_later(pd.DataFrame({"first": [1e6], "later": [3e6]}, index=[2024]), "Sales").alt
    'Share of later orders in sales: 2024 75 %.'
    """
    millions = sales / 1e6
    fig, ax = new_figure(6.5, 3.0)
    years = [str(year) for year in millions.index]
    words = {"first": _("first orders"), "later": _("later orders")}
    base = 0
    for number, part in enumerate(("first", "later")):
        ax.bar(years, millions[part], bottom=base, label=words[part], width=0.6,
               color=PALETTE[number], hatch=HATCHES[number], edgecolor="white")  # fmt: skip
        base = base + millions[part]
    ax.set(title=title, ylabel=_("million CNY a year"))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    share = sales["later"] / sales.sum(axis=1) * 100
    parts = ", ".join(f"{year} {value:.0f} %" for year, value in share.items())
    return Picture(fig, _("Share of later orders in sales: {parts}.").format(parts=parts))


def worth(table, title: str) -> Picture:
    """Draw what contacting each group brings after its cost.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a group: result (CNY per newcomer contacted), approach.
    title : str
        What the picture says.

    Returns
    -------
    Picture
        Bars to the right where it pays, hatched bars to the left where it costs.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"result": [-3.0], "approach": ["price"]}, index=["old"])
    >>> worth(one, "Who pays?").alt
    'Result per newcomer contacted: old -3 CNY.'
    """
    height = 1.3 + 0.42 * len(table)
    fig, ax = new_figure(8, height)
    rows, groups = np.arange(len(table)), list(table.index)
    # In two lines each: in one line they would leave the bars little room.
    messages = [f"({words_for(approach)})" for approach in table["approach"]]
    pays, costs = _("pays"), _("costs more than it brings")
    fix_margins(
        fig, [*groups, *messages], [pays, costs], bottom=0.6 / height, top=1 - 0.35 / height
    )
    for some, color, hatch, label in (
        (table["result"] >= 0, PALETTE[2], "", pays),
        (table["result"] < 0, PALETTE[3], "//", costs),
    ):
        # Groups of the other kind get a bar of length 0, so that the legend is always whole.
        ax.barh(rows, table["result"].where(some, 0), color=color, hatch=hatch, height=0.55,
                edgecolor="white", label=label)  # fmt: skip
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(rows, [f"{g}\n{m}" for g, m in zip(groups, messages, strict=True)])
    ax.invert_yaxis()
    ax.set(title=title, xlabel=_("CNY per newcomer contacted, after the cost of the contact"))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    parts = ", ".join(f"{group} {value:.0f} CNY" for group, value in table["result"].items())
    return Picture(fig, _("Result per newcomer contacted: {parts}.").format(parts=parts))


def trial_gains(plans, title: str) -> Picture:
    """Draw what plans from many small trials promise, and what they keep.

    Parameters
    ----------
    plans : pandas.DataFrame
        As ``custlab.positioning.gains_of_small_trials`` gives it: promised and kept, in responses
        per 1,000 newcomers.
    title : str
        What the picture says.

    Returns
    -------
    Picture
        A histogram of what is kept, losses hatched, and the outline of what was promised.

    Examples
    --------
    >>> import pandas as pd
    >>> plans = pd.DataFrame({"promised": [40.0] * 4, "kept": [-10.0, 20.0, 30.0, 40.0]})
    >>> trial_gains(plans, "Four trials").alt[:46]
    'On average the plans promise 40 and keep 20. O'
    """
    plans = plans.round(6)
    words = [_("kept: a gain"), _("kept: a loss, or nothing"), _("promised")]
    fig, ax = new_figure(8, 2.8)
    fix_margins(fig, legend=words, left=0.08, bottom=0.2, top=0.88)
    edges = np.arange(-100, 211, 10) + 0.001  # a gain of exactly 0 belongs to the bar on its left
    inside = plans.clip(-99, 209)
    gains = inside["kept"] > 0
    for some, color, hatch, label in (
        (inside.loc[gains, "kept"], PALETTE[2], "", words[0]),
        (inside.loc[~gains, "kept"], PALETTE[3], "//", words[1]),
    ):
        ax.stairs(_of_100(some, edges, plans), edges, fill=True, facecolor=color, hatch=hatch,
                  edgecolor="white", label=label)  # fmt: skip
    ax.stairs(_of_100(inside["promised"], edges, plans), edges, color="black", linestyle="--",
              label=words[2])  # fmt: skip
    ax.axvline(0, color="black", linewidth=1)
    ax.set(
        title=title,
        xlabel=_("more responses per 1,000 newcomers than with one message for all"),
        ylabel=_("of 100 trials"),
    )
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    win = gains.mean() * 100
    alt = _(
        "On average the plans promise {promised:.0f} and keep {kept:.0f}. Of 100 plans, {win:.0f} "
        "gain and {lose:.0f} lose or gain nothing."
    ).format(win=win, lose=100 - win, **plans.mean())
    return Picture(fig, alt)


def _of_100(values, edges, plans):
    return np.histogram(values, edges)[0] / len(plans) * 100
