"""Is a segmentation useful? Five checks, computed where they can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2

from custlab.checks import check_columns, check_flags
from custlab.i18n import _
from custlab.segmentation.labels import check_labels, of_customers
from custlab.segmentation.members import segment_rules
from custlab.segmentation.profile import profile, segment_sizes
from custlab.segmentation.stability import Stability


def scorecard(
    labels: pd.Series,
    features: pd.DataFrame,
    *,
    known: pd.DataFrame | None = None,
    value: pd.Series | None = None,
    reachable: pd.Series | None = None,
    stability: Stability | None = None,
    campaign: pd.DataFrame | None = None,
    smallest: float = 0.05,
) -> pd.DataFrame:
    """Check a segmentation against Kotler's five criteria.

    What cannot be computed from the data given is not guessed: its verdict reads "ask".

    Parameters
    ----------
    labels : Series
        Segment of each customer, by ``customer_id``.
    features : DataFrame
        What the segments were found in, in its own units, for the same customers.
    known : DataFrame, optional
        What is known of every customer, also of those without a segment, such as kind and city.
    value : Series, optional
        Value of each customer (currency).
    reachable : Series of bool, optional
        Whether a customer may be contacted.
    stability : Stability, optional
        The result of :func:`~custlab.segmentation.bootstrap_stability`.
    campaign : DataFrame, optional
        One campaign: ``customer_id``, ``treatment``, ``responded``.
    smallest : float
        The smallest share of customers worth a segment of its own.

    Returns
    -------
    DataFrame
        One row a check: ``figure`` (what was computed, in words), ``verdict`` (yes, partly, no,
        or ask), ``question`` (what remains to be judged by people).

    Raises
    ------
    InputError
        If labels and features are of different customers.

    References
    ----------
    Kotler, P., & Keller, K. L. (2016). Marketing Management (15th ed.), chapter 9.

    Examples
    --------
    >>> features = pd.DataFrame({"orders": [1, 2, 1, 2, 1, 8, 9, 9, 8, 9]})
    >>> labels = pd.Series([0] * 5 + [1] * 5)
    >>> scorecard(labels, features)["verdict"].tolist()
    ['ask', 'yes', 'ask', 'ask', 'ask']
    """
    check_labels(labels, features)
    checks = {
        "measurable": _measurable(labels, known),
        "substantial": _substantial(labels, value, smallest),
        "accessible": _accessible(labels, reachable),
        "differentiable": _differentiable(labels, features, stability),
        "actionable": _actionable(labels, campaign),
    }
    table = pd.DataFrame.from_dict(
        checks, orient="index", columns=["figure", "verdict", "question"]
    )
    return table.rename_axis("check")


def _measurable(labels, known):
    question = _("Can you put a new customer into a segment with what you know on the first day?")
    if known is None:
        return _("no table of what is known of every customer"), _("ask"), question
    facts = of_customers(known, labels)
    facts = facts.loc[:, facts.nunique() > 1]
    if facts.empty:
        return _("what is known is the same for everybody"), _("no"), question
    rules = segment_rules(facts, labels, n_rules=2 * labels.nunique())
    right, chance = rules.attrs["accuracy"], rules.attrs["baseline"]
    gain = (right - chance) / (1 - chance)
    figure = _(
        "rules from known facts put {right:.0%} right; the largest segment for all: {chance:.0%}"
    )
    return figure.format(right=right, chance=chance), _graded(gain, 0.5, 0.2), question


def _substantial(labels, value, smallest):
    question = _("Does the smallest segment pay for an offer of its own?")
    sizes = segment_sizes(labels, value)
    least = sizes["share"].min()
    figure = _("smallest segment: {share:.1%} of the customers").format(share=least)
    if value is not None:
        least_value = sizes["value_share"].min()
        figure = _("smallest segment: {share:.1%} of the customers; least value: {value:.1%}")
        figure = figure.format(share=least, value=least_value)
        least = min(least, 2 * least_value)
    return figure, _graded(least / smallest, 1.0, 0.5), question


def _accessible(labels, reachable):
    question = _("Through which channel do you meet each segment, and only it?")
    if reachable is None:
        return _("no column says who may be contacted"), _("ask"), question
    known = of_customers(reachable, labels).dropna()
    flags = pd.Series(check_flags(known, "reachable"), known.index)
    shares = flags.groupby(labels[known.index]).mean()
    figure = _("may be contacted: {least:.0%} to {most:.0%} of a segment").format(
        least=shares.min(), most=shares.max()
    )
    return figure, _graded(shares.min(), 0.5, 0.25), question


def _differentiable(labels, features, stability):
    question = _("Would a salesperson tell the segments apart after a short talk?")
    traits = profile(features, labels)
    largest = traits["effect"].abs().groupby(traits["segment"]).max()
    if stability is None:
        figure = _("largest effect in the least special segment: {d:.1f}").format(d=largest.min())
        return figure, _("ask"), question
    weakest = stability.segments["jaccard"].min()
    figure = _(
        "largest effect in the least special segment: {d:.1f}; least stable segment: "
        "Jaccard {j:.2f}"
    ).format(d=largest.min(), j=weakest)
    if largest.min() < 0.5:
        return figure, _("no"), question
    return figure, _graded(weakest, 0.75, 0.6), question


def _actionable(labels, campaign):
    question = _("What will you do differently for each segment, and who in the firm will do it?")
    if campaign is None:
        return _("no campaign to compare segments by"), _("ask"), question
    effects = _effects(labels, campaign)
    if len(effects) < 2:
        return _("too few customers of each segment in the campaign"), _("ask"), question
    # Cochran's Q: do the effects differ between segments by more than chance?
    weights = 1 / effects["variance"]
    middle = (weights * effects["effect"]).sum() / weights.sum()
    spread = (weights * (effects["effect"] - middle) ** 2).sum()
    p_value = chi2.sf(spread, len(effects) - 1)
    figure = _(
        "effect of the campaign: {least:+.0%} to {most:+.0%}; chance alone would differ so much "
        "with probability {p:.2f}"
    ).format(least=effects["effect"].min(), most=effects["effect"].max(), p=p_value)
    return figure, _graded(1 - p_value, 0.95, 0.8), question


def _effects(labels, campaign) -> pd.DataFrame:
    """Give each segment's difference between treated and control customers, and its variance."""
    check_columns(campaign, ("customer_id", "treatment", "responded"), "campaign")
    campaign = campaign.assign(responded=check_flags(campaign["responded"], "responded"))
    sent = campaign.assign(segment=campaign["customer_id"].map(labels)).dropna(subset=["segment"])
    sent["arm"] = np.where(sent["treatment"] == "control", "control", "treated")
    found = sent.groupby(["segment", "arm"])["responded"].agg(["mean", "size"]).unstack()
    found = found[(found["size"].fillna(0) >= 20).all(axis=1)]
    # Half a response is added to each side, so that a rate of 0 has a variance too.
    smooth = (found["mean"] * found["size"] + 0.5) / (found["size"] + 1)
    variance = (smooth * (1 - smooth) / found["size"]).sum(axis=1)
    effect = found["mean"]["treated"] - found["mean"]["control"]
    return pd.DataFrame({"effect": effect, "variance": variance})


def _graded(figure: float, good: float, fair: float) -> str:
    if not np.isfinite(figure):
        return _("ask")
    return _("yes") if figure >= good else _("partly") if figure >= fair else _("no")
