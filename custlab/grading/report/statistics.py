"""How hard each question was, and whether it tells learners apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.grading.stock.marks import Marks

# Below this many learners a correlation of 0.3 may as well be 0: its 95 % interval includes both.
FEWEST = 20
LOW, GOOD = 0.2, 0.4


def totals(marks: Marks) -> pd.Series:
    """Give the final points of everybody who has handed in, late penalties taken off.

    Parameters
    ----------
    marks : Marks
        The marks of an assignment.

    Returns
    -------
    Series
        Points by learner. Who has handed in nothing is not in it.
    """
    return marks.learners.loc[marks.learners["handed_in"], "score"].rename("points")


def item_statistics(marks: Marks, blank: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compute difficulty and discrimination of each question.

    Difficulty is the mean share of the points, so that easy questions have a high one.
    Discrimination is the corrected item-total correlation: Pearson's correlation of a question's
    points with the points of all *other* questions (Henrysson, 1963). Questions that still wait
    for a mark of somebody are left out of all totals.

    Parameters
    ----------
    marks : Marks
        The marks of an assignment.
    blank : DataFrame, optional
        Whether a learner left a question blank, in the form of ``marks.scores``.

    Returns
    -------
    DataFrame
        One row per question: ``n`` (learners with a mark), ``difficulty`` (0 to 1), ``full``,
        ``part``, ``none``, ``blank`` (shares of these learners), ``discrimination`` (-1 to 1;
        missing below 20 learners, or if everybody has the same points), ``low``, ``high`` (its
        95 % interval by Fisher's z).

    References
    ----------
    Henrysson, S. (1963). Correction of item-total correlations in item analysis. Psychometrika,
    28(2), 211-218.
    """
    scores = marks.scores.loc[marks.handed_in]
    most = marks.questions["max_score"]
    shares = scores / most.where(most > 0)
    table = pd.DataFrame({"n": scores.notna().sum(), "difficulty": shares.mean()})
    left = pd.DataFrame(False, index=scores.index, columns=scores.columns)
    if blank is not None:
        left |= blank.reindex_like(left).fillna(False).astype(bool) & scores.eq(0)
    parts = {
        "full": shares >= 1 - 1e-9,
        "part": (shares > 0) & (shares < 1 - 1e-9),
        "none": shares.le(0) & ~left,
        "blank": left,
    }
    for name, part in parts.items():
        table[name] = part.sum() / table["n"].where(table["n"] > 0)
    table["discrimination"] = corrected_item_total(scores)
    table[["low", "high"]] = np.column_stack(fisher_interval(table["discrimination"], table["n"]))
    return table


def corrected_item_total(scores: pd.DataFrame) -> pd.Series:
    """Correlate each question with the total of the others.

    Parameters
    ----------
    scores : DataFrame
        Points by learner and question.

    Returns
    -------
    Series
        The correlations; missing below 20 learners, for questions without differences, and for
        questions that lack a mark.

    Examples
    --------
    >>> import numpy as np
    >>> able = np.repeat([0, 1, 2, 3], 5)
    >>> scores = pd.DataFrame({"a": able >= 1, "b": able >= 2, "c": able >= 3}).astype(float)
    >>> corrected_item_total(scores).round(2).to_dict()
    {'a': 0.52, 'b': 0.71, 'c': 0.52}
    """
    found = pd.Series(np.nan, index=scores.columns, dtype=float)
    whole = scores.dropna(axis="columns")
    if len(whole) < FEWEST or whole.shape[1] < 2:
        return found
    total = whole.sum(axis="columns")
    for name in whole:
        rest = total - whole[name]
        if whole[name].std() > 1e-9 and rest.std() > 1e-9:
            found[name] = whole[name].corr(rest)
    return found


def fisher_interval(correlation, count) -> tuple[np.ndarray, np.ndarray]:
    """Give the 95 % interval of correlations by Fisher's z transformation.

    Parameters
    ----------
    correlation : array-like of float
        Pearson correlations.
    count : array-like of int
        How many pairs each is computed from.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends.

    Examples
    --------
    >>> [round(float(end), 2) for end in fisher_interval(0.3, 20)]
    [-0.16, 0.66]
    """
    from scipy.stats import norm

    count = np.asarray(count, dtype=float)
    z = np.arctanh(np.clip(np.asarray(correlation, dtype=float), -1 + 1e-12, 1 - 1e-12))
    width = norm.ppf(0.975) / np.sqrt(np.where(count > 3, count - 3, np.nan))
    return np.tanh(z - width), np.tanh(z + width)


def cronbach_alpha(scores: pd.DataFrame) -> float:
    """Compute Cronbach's alpha: how far the questions measure the same (Cronbach, 1951).

    Parameters
    ----------
    scores : DataFrame
        Points by learner and question; questions that lack a mark are left out.

    Returns
    -------
    float
        At most 1; missing below 20 learners or 2 questions.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika,
    16(3), 297-334.
    """
    whole = scores.dropna(axis="columns")
    k, spread = whole.shape[1], whole.sum(axis="columns").var()
    if len(whole) < FEWEST or k < 2 or not spread > 0:
        return float("nan")
    return float(k / (k - 1) * (1 - whole.var().sum() / spread))
