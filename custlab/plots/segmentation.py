"""Pictures of segments: bases, the choice of k, maps, profiles, stability."""

from __future__ import annotations

import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import in_style, plain_numbers
from custlab.plots.segment_bases import before_and_after, by_value, loadings, words
from custlab.plots.segment_maps import (
    coordinates,
    map_and_silhouette,
    map_of,
    two_features,
    two_maps,
)
from custlab.plots.segment_profiles import against, dendrogram, stability, traits
from custlab.style import MUTED, PALETTE, Picture, new_figure

__all__ = [
    "against",
    "before_and_after",
    "by_value",
    "choice",
    "coordinates",
    "dendrogram",
    "loadings",
    "map_and_silhouette",
    "map_of",
    "stability",
    "traits",
    "two_features",
    "two_maps",
    "words",
]


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
        ax.errorbar(shown.index, shown, yerr=error, marker="o", color=PALETTE[0], capsize=2)
        if pd.notna(picks[name]) and picks[name] in shown.index:
            k = int(picks[name])
            ax.plot([k], [shown[k]], "D", color=PALETTE[3], ms=10)
            note = _("number of segments k; ◆ suggests {k}").format(k=k)
        else:
            note = _("number of segments k; suggests none")
        if name == "stability":
            for limit in (0.6, 0.75, 0.85):
                ax.axhline(limit, color=MUTED, ls=":", lw=1)
            ax.set_ylim(0, 1.03)
        ax.set(title=title, xlabel=note)
        ax.set_xticks(shown.index)
        ax.margins(y=0.12)
        plain_numbers(ax.yaxis)
    _verdict(axes.flat[-1], picks)
    none = _("none")
    said = ", ".join(f"{name}: {k if pd.notna(k) else none}" for name, k in picks.items())
    alt = _("Five criteria over the number of segments. They suggest: {said}.")
    return Picture(fig, alt.format(said=said))


def _verdict(ax, picks: pd.Series) -> None:
    """Count in the sixth panel how many criteria vote for which k."""
    votes = picks.dropna().astype(int).value_counts().sort_index()
    ax.bar([str(k) for k in votes.index], votes, color=PALETTE[1])
    ax.set(title=_("Votes"), xlabel=_("number of segments k"), ylabel=_("criteria"))
    ax.set_yticks(range(int(votes.max()) + 1))
