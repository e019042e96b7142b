"""When evidence is strong, moderate or weak: size of the effect and certainty, in one table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.persona.phrases import strength_word


@dataclass(frozen=True)
class Rule:
    """When evidence has a strength.

    Parameters
    ----------
    strength : str
        The strength.
    least_effect : float
        Smallest effect size: .2 is small, .5 medium, .8 large (Cohen 1988).
    guard : {"bonferroni", "fdr", "single"}
        The difference differs from 0 at 5 %: over all candidates together, at a false discovery
        rate, or taken alone.
    """

    strength: str
    least_effect: float
    guard: str


RULE = (
    Rule("strong", 0.5, "bonferroni"),
    Rule("moderate", 0.2, "fdr"),
    Rule("weak", 0.2, "single"),
)
LEVEL = 0.05
# Strengths on which a headline or a message may rest.
SURE = ("strong", "moderate")
NONE = "none"


def rule_table() -> pd.DataFrame:
    """Show the rule of strength as a table.

    Returns
    -------
    DataFrame
        One row a strength: ``strength``, ``least_effect``, ``certainty`` in words.

    Examples
    --------
    >>> rule_table()["least_effect"].tolist()
    [0.5, 0.2, 0.2]
    """
    certainty = {
        "bonferroni": _("differs from the rest at 5 % over all candidates together (Bonferroni)"),
        "fdr": _("at most 5 % false discoveries among the candidates (Benjamini-Hochberg)"),
        "single": _("differs at 5 % taken alone: of 20 such traits one is chance"),
    }
    rows = [(strength_word(one.strength), one.least_effect, certainty[one.guard]) for one in RULE]
    return pd.DataFrame(rows, columns=["strength", "least_effect", "certainty"])


def strengths(effect, p, q) -> list[str]:
    """Name the strength of evidence by :func:`rule_table`.

    Parameters
    ----------
    effect : array of float
        Effect sizes of all candidates.
    p, q : array of float
        Their p-values, as they are and adjusted for false discoveries.

    Returns
    -------
    list of str
        "strong", "moderate", "weak" or "none".

    Examples
    --------
    >>> strengths([0.6, 0.3, 0.3], [1e-6, 0.001, 0.2], [3e-6, 0.0015, 0.2])
    ['strong', 'moderate', 'none']
    """
    size, p, q = np.abs(np.asarray(effect)), np.asarray(p), np.asarray(q)
    passed = {"bonferroni": p * len(p) < LEVEL, "fdr": q < LEVEL, "single": p < LEVEL}
    named = np.full(len(size), NONE, dtype=object)
    for rule in reversed(RULE):
        named[(size >= rule.least_effect) & passed[rule.guard]] = rule.strength
    return named.tolist()
