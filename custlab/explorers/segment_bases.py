"""Explorers of lesson 05: what each base of segmentation tells, and how far they agree."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np
import pandas as pd

from custlab import segmentation as subject
from custlab.explorers.frame import Drawn, explorer, slider
from custlab.i18n import _
from custlab.plots import segmentation as plots


def category_explorer(case) -> widgets.VBox:
    """Let the learner cut the market by one column of the map or the census.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        Which column, which outcome; how much of the differences the column explains.
    """
    facts = subject.base_features(case, "geographic", "demographic")
    behaviour = subject.base_features(case, "behavioural")
    outcomes = {"monetary": case.currency, "frequency": _("orders"), "recency": _("days")}
    names = {name: plots.words(name) for name in outcomes}
    table = facts.join(behaviour[list(outcomes)], how="inner")
    columns = [name for name in facts.columns if facts[name].nunique() <= 12]

    def draw(column, outcome):
        shown = table.dropna(subset=[column])
        values = shown[outcome].astype(float)
        explained = subject.eta_squared(np.log1p(values), shown[column])
        sentence = _(
            "{column} explains <b>{explained:.0%}</b> of the differences in {outcome} (eta "
            "squared, of its logarithm)."
        ).format(column=plots.words(column), outcome=names[outcome], explained=explained)
        overlap = _overlap(*subject.middle_halves_apart(values, shown[column]))
        return plots.by_value(shown, column, outcome, outcomes[outcome]), f"{sentence} {overlap}"

    return explorer(
        draw,
        _("Cut the market by one column"),
        _("Which column tells most about how customers buy? Look at the overlap."),
        column=widgets.Dropdown(
            description=_("Cut by"), options=[(plots.words(name), name) for name in columns]
        ),
        outcome=widgets.ToggleButtons(
            description=_("Look at"), options=[(text, name) for name, text in names.items()]
        ),
    )


def _overlap(apart: int, pairs: int) -> str:
    """Say what follows from how many pairs of groups have middle halves that lie apart."""
    if apart == 0:
        return _(
            "All middle halves overlap: the column shifts the odds, it does not tell who a "
            "customer is."
        )
    if apart == pairs:
        return _("No middle halves overlap: the column tells much about a customer.")
    return _(
        "Of {pairs} pairs of groups {apart} have middle halves that do not overlap: there the "
        "column tells much; between the others it shifts the odds."
    ).format(pairs=pairs, apart=apart)


def factors_explorer(case) -> widgets.VBox:
    """Let the learner choose how many factors stand for the survey's items.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        A slider, and the loadings.
    """
    items = subject.likert_items(case)
    fits = {n: subject.FactorScores(n).fit(items) for n in range(1, 7)}
    supported = subject.FactorScores().fit(items).n_factors_

    # A picture full of numbers is slow to draw, and there are only six.
    pictures = {n: Drawn(plots.loadings(fit.loadings_)) for n, fit in fits.items()}

    def draw(n):
        table = fits[n].loadings_
        kept = float(np.square(table.to_numpy()).sum() / len(table))
        sentence = _(
            "{n} factors keep <b>{kept:.0%}</b> of what {items} items say; parallel analysis "
            "supports {supported}. Read a column downwards: the bold items speak of one thing, and "
            "you must be able to name it."
        ).format(n=n, kept=kept, items=len(table), supported=supported)
        return pictures[n], sentence

    return explorer(
        draw,
        _("From sixteen answers to a few factors"),
        _("Add factors until you can no longer give each a name."),
        n=slider(_("Number of factors"), 3, 1, 6),
    )


def bases_explorer(case) -> widgets.VBox:
    """Let the learner set the segments of two bases against each other.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        Two bases, a number of segments, and how far they agree.
    """
    names = list(subject.bases.BASES)
    labels = {}
    for name in names:
        scaled = subject.MixedScaler().set_output(transform="pandas").fit_transform(
            subject.base_features(case, name))  # fmt: skip
        for k in (3, 4, 5, 6):
            found = subject.Segmenter(k, random_state=0).fit_predict(scaled)
            labels[name, k] = pd.Series(
                found, scaled.index, name=_("{base} segment").format(base=name)
            )

    def draw(rows, columns, k):
        left, right = labels[rows, k], labels[columns, k]
        common = left.index.intersection(right.index)
        left, right = left[common], right[common]
        agreement = subject.recovery(left, right)
        sentence = _(
            "Adjusted Rand index <b>{ari:.2f}</b> over {n:,} customers that both bases have: 1 "
            "would mean the same segments, 0 no more in common than by chance."
        ).format(ari=agreement, n=len(common))
        title = _("{rows} against {columns} segments").format(rows=rows, columns=columns)
        return plots.against(left, right.rename(right.name + " "), title), sentence

    def base(text, value):
        return widgets.Dropdown(description=text, options=names, value=value)

    return explorer(
        draw,
        _("Four bases, four divisions"),
        _("Does knowing where customers live tell you what they want?"),
        rows=base(_("Rows: base"), "demographic"),
        columns=base(_("Columns: base"), "psychographic"),
        k=slider(_("Number of segments"), 4, 3, 6),
    )
