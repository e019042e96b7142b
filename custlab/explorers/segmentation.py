"""Explorers of lessons 05 and 06: most of them teach by being wrong."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, pairwise_distances

from custlab import segmentation as subject
from custlab.explorers.frame import explorer, slider
from custlab.explorers.segment_bases import bases_explorer, category_explorer, factors_explorer
from custlab.i18n import _
from custlab.plots import segmentation as plots

__all__ = [
    "bases_explorer",
    "category_explorer",
    "factors_explorer",
    "k_explorer",
    "outlier_explorer",
    "scale_explorer",
    "starts_explorer",
]

KS = range(2, 11)
MOST_POINTS = 1_500


def _sample(table: pd.DataFrame) -> pd.DataFrame:
    """Keep as many customers as a small picture can show."""
    return table.sample(MOST_POINTS, random_state=0) if len(table) > MOST_POINTS else table


def scale_explorer(case) -> widgets.VBox:
    """Let the learner switch scaling off and on.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        A switch, a number of segments, and the segments over recency and money.
    """
    table = _sample(subject.base_features(case, "behavioural")[["recency", "monetary"]]).astype(
        float
    )
    versions = {
        "off": table.to_numpy(),
        "standardised": ((table - table.mean()) / table.std(ddof=0)).to_numpy(),
        "log": subject.MixedScaler().fit_transform(table),
    }
    fits = {
        (name, k): subject.Segmenter(k, random_state=0).fit(values)
        for name, values in versions.items()
        for k in range(2, 7)
    }
    shown = table.assign(monetary=np.log10(table["monetary"]))

    def draw(scale, k):
        labels = fits[scale, k].labels_
        variances = versions[scale].var(axis=0)
        sentence = _(
            "Money makes up <b>{share:.1%}</b> of all squared distances. Customers in the smallest "
            "segment: {least:,} of {n:,}."
        ).format(
            share=variances[1] / variances.sum(), least=np.bincount(labels).min(), n=len(labels)
        )
        picture = plots.two_features(
            shown,
            labels,
            _("days since the last order"),
            _("money ({currency}, logarithm to base 10)").format(currency=case.currency),
            _("K-means with scaling: {scale}").format(scale=scale),
        )
        return picture, sentence

    return explorer(
        draw,
        _("Scale off, scale on"),
        _("With scaling off, days and money are added as if one day weighed as much as one yuan."),
        scale=widgets.ToggleButtons(
            description=_("Scaling"),
            options=[(_("off"), "off"), (_("standardised"), "standardised"),
                     (_("logarithm, then standardised"), "log")],
        ),
        k=slider(_("Number of segments k"), 3, 2, 6),
    )  # fmt: skip


def k_explorer(scaled: pd.DataFrame) -> widgets.VBox:
    """Let the learner move k and see the map and the silhouette together.

    Parameters
    ----------
    scaled : DataFrame of shape (customers, features)
        Features on comparable scales.

    Returns
    -------
    ipywidgets.VBox
        A slider for k, the map, and the silhouette.
    """
    shown = _sample(scaled)
    places = plots.coordinates(shown)
    distances = pairwise_distances(shown)
    np.fill_diagonal(distances, 0)
    labels, widths = {}, {}
    for k in KS:
        labels[k] = subject.Segmenter(k, random_state=0).fit_predict(shown)
        widths[k] = subject.silhouette_widths(distances, labels[k], metric="precomputed")

    means = pd.Series({k: width.mean() for k, width in widths.items()})

    def draw(k):
        sentence = _(
            "Mean silhouette <b>{mean:.2f}</b>; {below:.0%} of the customers are nearer to another "
            "segment. Over all k the mean lies between {least:.2f} and {most:.2f}; it is highest "
            "at k = {best}."
        ).format(
            mean=means[k], below=(widths[k] < 0).mean(), best=means.idxmax(),
            least=means.min(), most=means.max(),
        )  # fmt: skip
        return plots.map_and_silhouette(places, labels[k], widths[k]), sentence

    return explorer(
        draw,
        _("From two segments to ten"),
        _("Move k. Where on the map does a new segment come from, and did it deserve a name?"),
        k=slider(_("Number of segments k"), 4, 2, 10),
    )


def outlier_explorer(scaled: pd.DataFrame) -> widgets.VBox:
    """Let the learner drag one customer away, and watch a segment follow.

    Parameters
    ----------
    scaled : DataFrame of shape (customers, features)
        Features on comparable scales; the first two are used.

    Returns
    -------
    ipywidgets.VBox
        A slider for the distance, and the segments of 120 customers and the outlier.
    """
    values = scaled.iloc[:, :2].sample(min(120, len(scaled)), random_state=1).to_numpy(dtype=float)
    before = KMeans(3, n_init=5, random_state=0).fit_predict(values)
    names = [str(name) for name in scaled.columns[:2]]

    def draw(distance):
        far = values.mean(axis=0) + distance * np.array([0.8, 0.6])
        model = KMeans(3, n_init=5, random_state=0).fit(np.vstack([values, far]))
        agreement = adjusted_rand_score(before, model.labels_[:-1])
        alone = int((model.labels_ == model.labels_[-1]).sum())
        said = _(
            "Customers in the segment of the outlier: <b>{alone}</b>. The others keep their "
            "segments to ARI <b>{ari:.2f}</b>."
        ).format(alone=alone, ari=agreement)
        lost = _("One wrong number has cost a whole segment: the others must share two.")
        sentence = f"{said} {lost}" if alone == 1 else said
        picture = plots.two_features(
            np.vstack([values, far]), model.labels_, names[0], names[1],
            _("Three segments, and one customer far away"), model.cluster_centers_,
        )  # fmt: skip
        return picture, sentence

    return explorer(
        draw,
        _("One outlier"),
        _("Drag the customer away, one standard deviation after the other."),
        distance=slider(_("Distance of the outlier"), 0, 0, 40, 2),
    )


def starts_explorer(scaled: pd.DataFrame) -> widgets.VBox:
    """Let the learner compare two random starts of K-means.

    Parameters
    ----------
    scaled : DataFrame of shape (customers, features)
        Features on comparable scales.

    Returns
    -------
    ipywidgets.VBox
        Two starts and a number of segments; two maps.
    """
    shown = _sample(scaled)
    values, places = shown.to_numpy(dtype=float), plots.coordinates(shown)
    fits: dict = {}

    def fit(k, seed):
        if (k, seed) not in fits:
            fits[k, seed] = KMeans(k, init="random", n_init=1, random_state=seed).fit(values)
        return fits[k, seed]

    def draw(k, first, second):
        one, two = fit(k, first), fit(k, second)
        agreement = adjusted_rand_score(one.labels_, two.labels_)
        sentence = _(
            "The two starts agree to ARI <b>{ari:.2f}</b>; inertia {one:,.0f} and {two:,.0f} "
            "(lower is better). Numbers and colours of segments mean nothing: only who is "
            "together counts."
        ).format(ari=agreement, one=one.inertia_, two=two.inertia_)
        titles = (_("Start {n}").format(n=first), _("Start {n}").format(n=second))
        return plots.two_maps(places, one.labels_, two.labels_, titles), sentence

    return explorer(
        draw,
        _("Two random starts"),
        _("Same data, same k, another start. Find two starts that disagree, then lower k."),
        k=slider(_("Number of segments k"), 6, 2, 10),
        first=slider(_("First start"), 1, 1, 20),
        second=slider(_("Second start"), 2, 1, 20),
    )
