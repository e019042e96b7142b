"""Pictures of customer types: rhythm, value, grid, tree, errors, response."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.customer_types.tree_words import readable, rules_in_words
from custlab.i18n import _
from custlab.plots.decision_tree import draw_branches
from custlab.plots.drawing import fix_margins, in_style, label_rows, shaded_table
from custlab.style import MARKERS, MUTED, PALETTE, Picture, new_figure

BLUE, ORANGE, GREEN, RED = PALETTE[:4]


@in_style
def rhythm(curve: pd.Series, active_days: float, churned_days: float, fixed: float = 90) -> Picture:
    """Draw how many customers have come back so many days after an order.

    Parameters
    ----------
    curve : Series
        The result of :func:`~custlab.customer_types.return_curve`.
    active_days, churned_days : float
        The thresholds to mark.
    fixed : float
        A fixed rule to compare with, in days.

    Returns
    -------
    Picture
        The curve with the three lines.
    """
    fig, ax = new_figure(7.2, 3.8)
    fix_margins(fig, left=0.1, right=0.98, bottom=0.14, top=0.91)
    ax.step(curve.index, curve * 100, where="post", color=BLUE, lw=2)
    top = float(curve.iloc[-1]) * 100
    lines = [
        (fixed, MUTED, ":", _("fixed rule: {n:.0f} days")),
        (active_days, ORANGE, "--", _("active until day {n:.0f}")),
        (churned_days, RED, "-", _("churned after day {n:.0f}")),
    ]
    for days, colour, dash, text in lines:
        ax.axvline(days, color=colour, ls=dash, lw=2, label=text.format(n=days))
    ax.set(
        title=_("How long customers take to come back"),
        xlabel=_("days since an order"),
        ylabel=_("orders followed by another (%)"),
        xlim=(0, max(churned_days, fixed) * 1.35),
        ylim=(0, min(100, top * 1.08)),
    )
    ax.legend(loc="lower right")
    came_back = float(curve[curve.index <= fixed].iloc[-1]) if (curve.index <= fixed).any() else 0.0
    alt = _(
        "A rising curve of the share of orders followed by another one: {fixed_share:.0%} within "
        "{fixed:.0f} days, {all_share:.0%} in the end. Lines mark day {active:.0f}, until which "
        "customers count as active, and day {churned:.0f}, after which they count as churned."
    ).format(
        fixed_share=came_back, fixed=fixed, all_share=top / 100, active=active_days,
        churned=churned_days,
    )  # fmt: skip
    return Picture(fig, alt)


@in_style
def pareto(amounts: pd.Series, rules: pd.DataFrame, currency: str = "CNY") -> Picture:
    """Draw what share of the money the best customers bring, with the limits of the value types.

    Parameters
    ----------
    amounts : Series
        What each customer brings; missing for those without an order.
    rules : DataFrame
        The result of :func:`~custlab.customer_types.value_rules`.
    currency : str
        Currency of the amounts.

    Returns
    -------
    Picture
        The curve of cumulative shares.
    """
    known = amounts.dropna().astype(float).sort_values(ascending=False)
    people = np.arange(1, len(known) + 1) / len(known) * 100
    money = known.cumsum().to_numpy() / known.sum() * 100
    limits = pd.to_numeric(rules.loc[rules["test"] == "at least", "value"]).to_numpy()
    fig, ax = new_figure(7.2, 4)
    ax.plot([0, 100], [0, 100], color=MUTED, ls=":", label=_("if all brought the same"))
    ax.plot(np.r_[0, people], np.r_[0, money], color=BLUE, lw=2)
    said = []
    for limit, name, colour, mark in zip(
        limits, rules.loc[rules["test"] == "at least", "type"], (RED, ORANGE), "os", strict=False
    ):
        n = int((known >= limit).sum())
        x, y = people[n - 1], money[n - 1]
        text = _("down to {type}: {x:.0f} % of the customers, {y:.0f} % of the money").format(
            type=name, x=x, y=y
        )
        ax.plot(
            [x], [y], mark, color=colour, ms=9, ls="none",
            label=_("{text} (from {limit:,.0f} {currency})").format(
                text=text, limit=limit, currency=currency),
        )  # fmt: skip
        said.append(text)
    ax.set(
        title=_("Few customers bring most of the money"),
        xlabel=_("customers, best first (%)"),
        ylabel=_("money that they bring (%)"),
        xlim=(0, 100),
        ylim=(0, 102),
    )
    ax.legend(loc="lower right")
    return Picture(fig, _("A steep curve: {points}.").format(points="; ".join(said)))


@in_style
def grid(table: pd.DataFrame, title: str, unit: str) -> Picture:
    """Draw a grid of types as shaded cells with their numbers.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`~custlab.customer_types.type_grid`, or any table of numbers.
    title, unit : str
        What the picture is about, and what a cell counts.

    Returns
    -------
    Picture
        A heat map with numbers.
    """
    values = table.to_numpy(dtype=float)
    fig, ax = new_figure(2.6 + 1.15 * table.shape[1], 1.5 + 0.5 * table.shape[0])
    rows = ["  ", *map(str, table.index)]  # and the room of the name that stands beside them
    fix_margins(fig, [f"{row}  " for row in rows], right=0.98)
    shades = np.sqrt(np.clip(np.nan_to_num(values), 0, None))
    texts = table.map(lambda value: "–" if pd.isna(value) else f"{value:,.0f}")
    shaded_table(ax, shades, texts, table.index.map(str), table.columns.map(str),
                 low=None, high=None, in_layout=False)  # fmt: skip
    ax.set(title=title, xlabel=table.columns.name or "", ylabel=table.index.name or "")
    rows = [
        f"{name}: " + ", ".join(f"{c} {v:,.0f}" for c, v in row.items())
        for name, row in table.iterrows()
    ]
    return Picture(fig, _("{title} ({unit}). {rows}.").format(
        title=title, unit=unit, rows="; ".join(rows)), caption=unit)  # fmt: skip


@in_style
def tree(model, words: dict | None = None) -> Picture:
    """Draw a tree from left to right, with questions in words and the types at the ends.

    Parameters
    ----------
    model : TypeTree or DecisionTreeClassifier
        A fitted tree.
    words : dict, optional
        Plain words for facts.

    Returns
    -------
    Picture
        The tree; its text says the rules.
    """
    model = readable(model)
    rules = rules_in_words(model, words)
    depth = min(model.tree_.get_depth(), 4)
    fig, ax = new_figure(2.4 + 2.1 * depth, 0.9 + 0.75 * len(rules))
    draw_branches(ax, model, words or {})
    ax.set_axis_off()
    ax.set_title(_("From facts to a type: yes goes up, no goes down"))
    return Picture(fig, _("A decision tree. {rules}").format(rules=" ".join(rules["rule"])))


@in_style
def leaves_curve(scores: pd.DataFrame, chosen: int | None = None) -> Picture:
    """Draw how good trees of growing size are, on customers learned from and on later ones.

    Parameters
    ----------
    scores : DataFrame
        By number of leaves: ``learned`` and ``held_out`` (shares right) and ``baseline``.
    chosen : int, optional
        A size to mark.

    Returns
    -------
    Picture
        Two curves that part.
    """
    fig, ax = new_figure(7.2, 3.8)
    fix_margins(fig, left=0.1, right=0.98, bottom=0.14, top=0.91)
    ax.plot(scores.index, scores["learned"] * 100, marker="o", color=BLUE,
            label=_("customers learned from"))  # fmt: skip
    ax.plot(scores.index, scores["held_out"] * 100, marker="s", color=RED, ls="--",
            label=_("later customers (hold-out)"))  # fmt: skip
    ax.axhline(scores["baseline"].iloc[0] * 100, color=MUTED, ls=":", label=_("most frequent type"))
    if chosen is not None:
        ax.axvline(chosen, color=ORANGE, lw=2)
    ax.set_xscale("log", base=2)
    ax.set_xticks(list(scores.index), [str(n) for n in scores.index])
    ax.set_xticks([], minor=True)
    ax.set(
        title=_("A tree grown too deep learns by heart"),
        xlabel=_("leaves of the tree"),
        ylabel=_("types right (%)"),
    )
    ax.legend()
    last = scores.iloc[-1]
    alt = _(
        "Two curves over the number of leaves. On the customers learned from accuracy rises to "
        "{learned:.0%}; on later customers it ends at {held_out:.0%}; the baseline is {base:.0%}."
    ).format(learned=last["learned"], held_out=last["held_out"], base=last["baseline"])
    return Picture(fig, alt)


@in_style
def confusion(found, title: str = "") -> Picture:
    """Draw which types were taken for which.

    Parameters
    ----------
    found : Evaluation
        The result of :func:`~custlab.customer_types.evaluate`.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        Counts by true and predicted type.
    """
    table = found.confusion.rename_axis(index=_("true type"), columns=_("predicted type"))
    return grid(
        table, title or _("Which types are taken for which"), _("customers of the hold-out")
    )


@in_style
def response(table: pd.DataFrame, title: str) -> Picture:
    """Draw the effect of each approach on each type, with its interval.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`~custlab.customer_types.response_by_type`.
    title : str
        What the picture is about.

    Returns
    -------
    Picture
        One mark and interval for each type and approach; 0 = as the control group.
    """
    types = list(dict.fromkeys(table.index.get_level_values("type")))
    approaches = list(dict.fromkeys(table.index.get_level_values("approach")))
    fig, ax = new_figure(7.2, 1.4 + 0.32 * len(table))
    fix_margins(fig, types, [_("approach"), *map(str, approaches)])
    said = []
    for place, approach in enumerate(approaches):
        part = table.xs(approach, level="approach")
        y = np.array([types.index(t) for t in part.index]) + 0.22 * (
            place - (len(approaches) - 1) / 2
        )
        middle = part["difference"].to_numpy() * 100
        width = [middle - part["low"].to_numpy() * 100, part["high"].to_numpy() * 100 - middle]
        ax.errorbar(middle, y, xerr=width, fmt=MARKERS[place], color=PALETTE[place], capsize=3,
                    label=str(approach))  # fmt: skip
        said += [
            _("{type}, {approach}: {d:+.0f} points ({low:+.0f} to {high:+.0f})").format(
                type=t, approach=approach, d=r.difference * 100, low=r.low * 100, high=r.high * 100
            )
            for t, r in zip(part.index, part.itertuples(), strict=True)
        ]
    ax.axvline(0, color="black", lw=1)
    label_rows(ax, types)
    ax.set(title=title, xlabel=_("difference to the control group (percentage points)"))
    ax.legend(title=_("approach"), loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(fig, f"{title}. {'; '.join(said)}.")
