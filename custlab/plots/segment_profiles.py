"""Pictures of what segments are: traits, stability, agreement, joins."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, in_style, shaded_table
from custlab.plots.segment_bases import heat, words
from custlab.style import PALETTE, Picture, new_figure

BLUE, RED = PALETTE[0], PALETTE[3]
FEW = 30  # customers: an effect of fewer is told with their number


def _broken(name: str, width: int = 16) -> str:
    """Break a long name into lines."""
    return textwrap.fill(name, width, break_long_words=False)


@in_style
def traits(table: pd.DataFrame, names: dict | None = None, n_features: int = 12) -> Picture:
    """Draw what sets each segment apart: effect sizes of the strongest traits.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`~custlab.segmentation.profile`.
    names : dict, optional
        Names of the segments.
    n_features : int
        How many traits are shown.

    Returns
    -------
    Picture
        A heat map, traits by segments. An effect that rests on fewer than 30 customers says of how
        many, is not in bold, and brings no trait into the picture.
    """
    label = table["feature"].map(words) + table["value"].map(
        lambda value: "" if value is None or pd.isna(value) else f": {value}"
    )
    # The smaller side decides how far an effect can be trusted.
    known = table[["customers", "others"]].min(axis=1)
    both = table.assign(trait=label, known=known).pivot_table(
        index="trait", columns="segment", values=["effect", "known"], sort=False
    )
    wide, known = both["effect"], both["known"]
    few = known.where(known < FEW)
    sure = wide.where(few.isna(), 0).abs().max(axis=1)
    shown = sure.sort_values(ascending=False, kind="stable").index[:n_features]
    wide, few = wide.loc[shown], few.loc[shown]
    columns = [str((names or {}).get(s, s)) for s in wide.columns]
    fig, ax = new_figure(3.2 + 1.25 * wide.shape[1], 1.4 + 0.32 * len(wide))
    broken = [_broken(name) for name in columns]
    heat(ax, wide, wide.index, broken, bold=0.5, decimals=1, limit=1.5, few=few)
    ax.set_title(_("What sets a segment apart (effect size; bold from .5)"))
    said = []
    for column, name in zip(wide.columns, columns, strict=True):
        sure = wide[column].where(few[column].isna()).abs()
        top = sure.dropna().sort_values(ascending=False).index[:3]
        said.append(f"{name}: " + ", ".join(f"{t} {wide.loc[t, column]:+.1f}" for t in top))
    return Picture(fig, _("Strongest traits of each segment. {said}.").format(said="; ".join(said)))


@in_style
def stability(found, names: dict | None = None) -> Picture:
    """Draw how well each segment is found again in resampled customers.

    Parameters
    ----------
    found : Stability
        The result of :func:`~custlab.segmentation.bootstrap_stability`.
    names : dict, optional
        Names of the segments.

    Returns
    -------
    Picture
        One bar a segment, with Hennig's limits.
    """
    table = found.segments
    labels = [str((names or {}).get(s, s)) for s in table.index]
    fig, ax = new_figure(7.2, 1.6 + 0.42 * len(table))
    ax.barh(range(len(table)), table["jaccard"], color=BLUE, alpha=0.8)
    for place, row in enumerate(table.itertuples()):
        text = f"{row.jaccard:.2f} {row.band}"
        ax.text(0.01, place, text, va="center", color="white", fontsize=9, fontweight="bold")
    for limit in (0.6, 0.75, 0.85):
        ax.plot([limit, limit], [-0.5, len(table) - 0.4], color=RED, ls="--", lw=1.2)
        ax.text(limit, -0.55, f"{limit}", ha="center", va="bottom", fontsize=9, color=RED)
    ax.set_yticks(range(len(table)), [_broken(name) for name in labels])
    ax.set_ylim(len(table) - 0.4, -0.85)
    ax.set(
        title=_("Is the segment found again?"),
        xlabel=_("mean Jaccard similarity over {n} resamples").format(n=found.n_boot),
        xlim=(0, 1),
    )
    ax.grid(axis="y", visible=False)
    said = "; ".join(
        f"{name}: {row.jaccard:.2f}, {row.band}"
        for name, row in zip(labels, table.itertuples(), strict=True)
    )
    return Picture(fig, _("Jaccard similarity of each segment. {said}.").format(said=said))


@in_style
def against(labels: pd.Series, other: pd.Series, title: str) -> Picture:
    """Draw two ways to divide the same customers against each other.

    Parameters
    ----------
    labels, other : Series
        Two divisions with the same index; rows and columns of the picture.
    title : str
        Heading.

    Returns
    -------
    Picture
        A table of counts, shaded within each row.
    """
    counts = pd.crosstab(labels, other)
    height = 1.9 + 0.4 * len(counts)
    fig, ax = new_figure(3 + 1.0 * counts.shape[1], height)
    # The rows' labels, and beside them the name of all.
    rows = [f"{row}    " for row in counts.index]
    columns = [_broken(str(c), 12) for c in counts.columns]
    below = 0.45 + 0.16 * (1 + max(name.count("\n") for name in columns))
    fix_margins(fig, rows, right=0.98, bottom=below / height, top=1 - 0.4 / height)
    shares = counts.div(counts.sum(axis=1), axis=0).to_numpy()
    shaded_table(ax, shares, counts.map("{:,}".format), counts.index.map(str), columns,
                 low=0, high=1, in_layout=False)  # fmt: skip
    ax.set(title=title, xlabel=words(other.name or ""), ylabel=words(labels.name or ""))
    said = "; ".join(
        f"{name}: " + ", ".join(f"{c} {n}" for c, n in row.items() if n)
        for name, row in counts.iterrows()
    )
    return Picture(fig, f"{title}. {said}.", caption=_("customers; shaded by share of the row"))


@in_style
def dendrogram(scaled, k: int, sample: int = 300) -> Picture:
    """Draw how the hierarchical method joins customers step by step.

    Parameters
    ----------
    scaled : DataFrame or array of shape (customers, features)
        Features on comparable scales.
    k : int
        The number of segments to mark by a cut.
    sample : int
        How many customers, drawn at random, are joined.

    Returns
    -------
    Picture
        The upper part of the tree of joins.
    """
    from scipy.cluster import hierarchy

    values = np.asarray(scaled, dtype=float)
    if len(values) > sample:
        values = values[np.random.default_rng(0).choice(len(values), sample, replace=False)]
    joins = hierarchy.linkage(values, method="ward")
    fig, ax = new_figure(7.2, 3.6)
    cut = (joins[-k, 2] + joins[-k + 1, 2]) / 2
    hierarchy.dendrogram(
        joins, p=25, truncate_mode="lastp", ax=ax, no_labels=True, color_threshold=0,
        above_threshold_color=BLUE,
    )  # fmt: skip
    ax.axhline(cut, color=RED, ls="--", label=_("cut into {k} segments").format(k=k))
    ax.set(
        title=_("Ward's method joins the nearest groups first"),
        xlabel=_("groups of customers (sample of {n})").format(n=len(values)),
        ylabel=_("distance at which they are joined"),
    )
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1))  # above the lines
    return Picture(fig, _(
        "A tree of joins of {n} sampled customers; a cut at distance {cut:.1f} leaves {k} segments."
    ).format(n=len(values), cut=cut, k=k))  # fmt: skip
