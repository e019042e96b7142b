"""Pictures of segments: bases, the choice of k, maps, profiles, stability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots._in_style import in_style
from custlab.style import MARKERS, MUTED, PALETTE, Picture, new_figure

BLUE, ORANGE, GREEN, RED = PALETTE[:4]
LEAST_TOLD = 0.2  # smaller effects and loadings are shaded, but not printed


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
    places = range(len(figures))
    ax.hlines(places, figures[0.25], figures[0.75], color=BLUE, lw=5, alpha=0.4)
    ax.plot(figures[0.5], places, "o", color=BLUE, ms=8)
    ax.set_yticks(places, [f"{name} (n = {counts[name]:,})" for name in figures.index])
    ax.set_ylim(len(figures) - 0.5, -0.5)
    ax.set(
        title=_("{value} by {column}").format(value=_words(value), column=_words(column)),
        xlabel=_("{value} ({unit}): median and middle half of the customers").format(
            value=_words(value), unit=unit
        ),
        xlim=(0, None),
    )
    said = "; ".join(f"{name}: {row[0.5]:,.0f}" for name, row in figures.iterrows())
    return Picture(fig, _("Medians of {value} ({unit}). {said}.").format(
        value=_words(value), unit=unit, said=said))  # fmt: skip


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
    left.hist(values.dropna().astype(float), bins=40, color=BLUE)
    right.hist(scaled, bins=40, color=GREEN, hatch="//", edgecolor="white")
    left.set(
        title=_("as measured"), xlabel=f"{_words(values.name)} ({unit})", ylabel=_("customers")
    )
    right.set(title=_("log, then standardised"), xlabel=_("standard deviations from the mean"))
    known = values.dropna().astype(float)
    alt = _(
        "Two histograms of {name}. As measured it has a long right tail: half of the customers lie "
        "below {median:,.0f} {unit}, the largest at {largest:,.0f}. After the logarithm and "
        "standardisation it is nearly symmetric around 0."
    ).format(name=_words(values.name), median=known.median(), largest=known.max(), unit=unit)
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
    fig, ax = new_figure(2.6 + 1.5 * table.shape[1], 1 + 0.27 * len(table))
    _heat(ax, table.to_numpy(), bold=0.4, decimals=2)
    ax.set_yticks(range(len(table)), [_words(name) for name in table.index])
    ax.set_xticks(range(table.shape[1]), [str(c).replace(": ", ":\n") for c in table.columns])
    ax.set_title(_("Which items go together"))
    said = [
        _("{factor}: {items}").format(
            factor=name,
            items=", ".join(_words(i) for i in column.index[column.abs() >= 0.4]) or "–",
        )
        for name, column in table.items()
    ]
    return Picture(
        fig, _("Items with loadings of .4 or more. {said}.").format(said="; ".join(said))
    )


@in_style
def choice(found) -> Picture:
    """Draw the five criteria for the number of segments side by side.

    Parameters
    ----------
    found : KChoice
        The result of :func:`~custlab.segmentation.choose_k`.

    Returns
    -------
    Picture
        Five small diagrams; a diamond marks each criterion's suggestion.
    """
    table, picks = found.table, found.suggestions["k"]
    fig, axes = new_figure(10, 5.2, nrows=2, ncols=3)
    panels = [
        ("inertia", "inertia", _("Inertia: look for the bend")),
        ("silhouette", "silhouette", _("Silhouette: higher is better")),
        ("gap", "gap", _("Gap: first within one error")),
        ("bic", "bic", _("BIC: lower is better")),
        ("stability", "jaccard", _("Stability: weakest segment")),
    ]
    for ax, (name, column, title) in zip(axes.flat, panels, strict=False):
        shown = table[column].dropna()
        error = table.loc[shown.index, "gap_se"] if column == "gap" else None
        ax.errorbar(shown.index, shown, yerr=error, marker="o", color=BLUE, capsize=2)
        if pd.notna(picks[name]) and picks[name] in shown.index:
            k = int(picks[name])
            ax.plot([k], [shown[k]], "D", color=RED, ms=10, label=_("suggests {k}").format(k=k))
            ax.legend()
        if name == "stability":
            for limit in (0.6, 0.75, 0.85):
                ax.axhline(limit, color=MUTED, ls=":", lw=1)
            ax.set_ylim(0, 1.03)
        ax.set(title=title, xlabel=_("number of segments k"))
        ax.set_xticks(shown.index)
    _verdict(axes.flat[-1], picks)
    none = _("none")
    said = ", ".join(f"{name}: {k if pd.notna(k) else none}" for name, k in picks.items())
    alt = _("Five criteria over the number of segments. They suggest: {said}.")
    return Picture(fig, alt.format(said=said))


def _verdict(ax, picks: pd.Series) -> None:
    """Count in the sixth panel how many criteria vote for which k."""
    votes = picks.dropna().astype(int).value_counts().sort_index()
    ax.bar([str(k) for k in votes.index], votes, color=ORANGE)
    ax.set(title=_("Votes"), xlabel=_("number of segments k"), ylabel=_("criteria"))
    ax.set_yticks(range(int(votes.max()) + 1))


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
    _points(ax, places, labels, names)
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
    labels = np.asarray(labels)
    _points(left, places, labels, None)
    left.set(title=_("Map"), xticks=[], yticks=[])
    left.set_xlabel(_("first two principal components"))
    start, inside = 0, labels[widths.index]
    for place, segment in enumerate(np.unique(labels)):
        own = np.sort(widths.to_numpy()[inside == segment])
        y = np.arange(start, start + len(own))
        right.fill_betweenx(y, 0, own, color=PALETTE[place % 8], lw=0)
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
    for ax, labels, title in zip(axes, (first, second), titles, strict=True):
        _points(ax, places, labels, None)
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
    _points(ax, np.asarray(table, dtype=float), labels, None)
    if centers is not None:
        ax.plot(*np.asarray(centers).T, "X", color="black", ms=12, mec="white", label=_("centre"))
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    sizes = pd.Series(labels).value_counts().sort_index()
    said = ", ".join(f"{segment}: {n:,}" for segment, n in sizes.items())
    return Picture(fig, _("{title}. Customers by segment: {said}.").format(title=title, said=said))


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
        A heat map, traits by segments.
    """
    label = table["feature"].map(_words) + table["value"].map(
        lambda value: "" if value is None or pd.isna(value) else f": {value}"
    )
    wide = table.assign(trait=label).pivot_table(
        index="trait", columns="segment", values="effect", sort=False
    )
    wide = wide.loc[wide.abs().max(axis=1).sort_values(ascending=False).index[:n_features]]
    columns = [str((names or {}).get(s, s)) for s in wide.columns]
    fig, ax = new_figure(3.2 + 1.25 * wide.shape[1], 1.4 + 0.32 * len(wide))
    _heat(ax, wide.to_numpy(), bold=0.5, decimals=1, limit=1.5)
    ax.set_yticks(range(len(wide)), wide.index)
    ax.set_xticks(range(wide.shape[1]), [_broken(name) for name in columns])
    ax.set_title(_("What sets a segment apart (effect size; bold from .5)"))
    said = []
    for column, name in zip(wide.columns, columns, strict=True):
        top = wide[column].abs().sort_values(ascending=False).index[:3]
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
        ax.axvline(limit, color=RED, ls="--", lw=1.2)
        ax.text(limit, -0.62, f"{limit}", ha="center", fontsize=8, color=RED)
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
    fig, ax = new_figure(3 + 1.0 * counts.shape[1], 1.9 + 0.4 * len(counts))
    shares = counts.div(counts.sum(axis=1), axis=0).to_numpy()
    ax.imshow(shares, cmap="Blues", aspect="auto", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        ax.text(column, row, f"{counts.iat[row, column]:,}", ha="center", va="center",
                color="white" if share > 0.55 else "black", in_layout=False)  # fmt: skip
    ax.set_xticks(range(counts.shape[1]), [_broken(str(c), 12) for c in counts.columns])
    ax.set_yticks(range(len(counts)), [str(r) for r in counts.index])
    ax.set(title=title, xlabel=_words(other.name or ""), ylabel=_words(labels.name or ""))
    ax.grid(visible=False)
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
    ax.legend()
    return Picture(fig, _(
        "A tree of joins of {n} sampled customers; a cut at distance {cut:.1f} leaves {k} segments."
    ).format(n=len(values), cut=cut, k=k))  # fmt: skip


def _points(ax, places, labels, names) -> None:
    labels = np.asarray(labels)
    for place, segment in enumerate(np.unique(labels)):
        own = places[labels == segment]
        name = str((names or {}).get(segment, segment))
        ax.plot(own[:, 0], own[:, 1], MARKERS[place % 8], ls="none", ms=4, alpha=0.55, mew=0,
                color=PALETTE[place % 8], label=f"{name} (n = {len(own):,})")  # fmt: skip


def _heat(ax, values, bold: float, decimals: int, limit: float = 1.0) -> None:
    ax.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value) or abs(value) < LEAST_TOLD:
            continue
        ax.text(
            column, row, f"{value:+.{decimals}f}", ha="center", va="center", fontsize=9,
            fontweight="bold" if abs(value) >= bold else "normal",
            color="white" if abs(value) > 0.7 * limit else "black", in_layout=False,
        )  # fmt: skip
    ax.grid(visible=False)


def _words(name) -> str:
    return str(name).replace("_", " ")


def _broken(name: str, width: int = 16) -> str:
    import textwrap

    return textwrap.fill(name, width, break_long_words=False)
