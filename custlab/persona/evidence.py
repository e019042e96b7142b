"""What sets a segment apart, and how sure that is.

Some 140 candidate traits are tried for every segment, so some differences show up by chance
alone. The guard is part of the rule of strength (:func:`custlab.persona.rule_table`): "strong"
asks for a difference that holds for all candidates at once (Bonferroni), "moderate" for at most
5 % false discoveries among the candidates (Benjamini & Hochberg 1995); of "weak" ones expect
three or four by chance in any group of customers. The guard counts the candidates of one
segment; whoever drafts many sets until one looks good is not guarded. Bonferroni is cautious,
needs no assumption on how the candidates hang together, and, unlike a split into halves, spends
no customers: segments of the survey's sample have a hundred or fewer. Shares are tested exactly
(Fisher), because near 0 and 100 % and in groups of thirty approximate tests promise too much. What
then holds, tried on groups drawn by lot in all three firms: of 30, 60, 100 or 300 customers at most
five groups in a hundred get a "strong" line, whatever the candidates.

What the rule cannot do: if the segment was *found* in the same columns, they differ by
construction. Their evidence describes the segment; it is no proof that the segment exists.
That is what stability (lesson 06) and :func:`custlab.persona.validate` are for.

References
----------
Cohen, J. (1988). Statistical power analysis for the behavioral sciences (2nd ed.).
Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
Statistical Society B 57(1), 289-300.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.card_parts import Evidence
from custlab.persona.comparison import adjusted, compare
from custlab.persona.evidence_rule import NONE, RULE, strengths
from custlab.persona.facts import Fact, facts_of, member_ids
from custlab.persona.phrases import number

# Fewer customers than this are not generalised from: the 95 % interval of a share among thirty
# spans up to 36 points, and a line on so few may point to a person.
MIN_MEMBERS = 30


COLUMNS = [
    "table", "column", "level", "statistic", "value", "rest", "n", "n_rest", "effect", "low",
    "high", "strength", "dimension", "kind", "text", "share", "holds_rest", "unit", "words", "p",
    "q",
]  # fmt: skip


def trait_table(case, members, rest=None, least: str = "weak") -> pd.DataFrame:
    """List what sets a segment apart from the other customers, the strongest evidence first.

    Parameters
    ----------
    case : Case
        The firm.
    members : Index, Series or list of customer_id
        The segment's customers; at least 30.
    rest : Index, Series or list of customer_id, optional
        Whom to compare with; all other customers by default.
    least : {"strong", "moderate", "weak", "none"}
        The least strength to list; "none" lists every candidate that was tried.

    Returns
    -------
    DataFrame
        One row a trait: source (``table``, ``column``, ``level``), ``statistic``, ``value`` in
        the segment and ``rest`` among the others (shares 0 to 1, or the column's unit), ``n``
        and ``n_rest`` (customers with a known value), ``effect`` (Cohen's h of shares, Hedges' g
        of means, of medians the d that fits Cliff's delta), ``low`` and ``high`` (95 % interval
        of ``value - rest``), ``strength``, ``dimension``, ``kind``, ``text``, ``share`` and
        ``holds_rest`` (for how many members and others it holds), ``unit``, ``words``, ``p``
        and ``q`` (p adjusted for false discoveries). ``attrs["tried"]``: number of candidates.

    Raises
    ------
    InputError
        For fewer than 30 members or others, and ids of another case.

    Examples
    --------
    >>> from custlab import load_case
    >>> case = load_case("software")
    >>> firms = case.customers.query("kind == 'enterprise'")["customer_id"]
    >>> found = trait_table(case, firms)
    >>> found.loc[0, ["table", "column", "level", "strength"]].tolist()
    ['customers', 'kind', 'enterprise', 'strong']
    """
    if least not in {*(rule.strength for rule in RULE), NONE}:
        raise InputError(
            _("least must be strong, moderate, weak or none, not {given!r}.").format(given=least)
        )
    inside, outside = _groups(case, members, rest)
    facts = facts_of(case)
    own = facts.values.loc[facts.values.index.isin(inside)]
    other = facts.values.loc[facts.values.index.isin(outside)]
    tried = np.flatnonzero(_comparable(own.to_numpy(), other.to_numpy(), facts.facts))
    chosen = [facts.facts[place] for place in tried]
    table = _compared(chosen, own.iloc[:, tried], other.iloc[:, tried])
    kept = [rule.strength for rule in RULE]
    if least != NONE:
        table = table[table["strength"].isin(kept[: kept.index(least) + 1])]
        table = table[table["text"] != ""]
    order = table["strength"].map({name: place for place, name in enumerate([*kept, NONE])})
    by_size = pd.DataFrame({"strength": order, "size": -table["effect"].abs()})
    table = table.loc[by_size.sort_values(["strength", "size"], kind="stable").index]
    table = table.reset_index(drop=True)
    table.attrs.update(tried=len(tried), members=len(inside), rest=len(outside))
    return table


def _comparable(own: np.ndarray, other: np.ndarray, facts) -> np.ndarray:
    """Say which facts are known of enough customers of both groups, and differ among them."""
    n, n_rest = ((~np.isnan(values)).sum(axis=0) for values in (own, other))
    enough = (n >= MIN_MEMBERS) & (n_rest >= MIN_MEMBERS)
    spread = _spread(own) | _spread(other)
    with np.errstate(invalid="ignore"):
        apart = np.nansum(own, axis=0) / n != np.nansum(other, axis=0) / n_rest
    shares = np.array([fact.statistic == "share" for fact in facts])
    return enough & (spread | (apart & shares))


def _spread(values: np.ndarray) -> np.ndarray:
    return np.fmax.reduce(values) > np.fmin.reduce(values)


def _groups(case, members, rest) -> tuple[pd.Index, pd.Index]:
    inside = member_ids(case, members, _("Members"))
    if rest is None:
        everybody = pd.Index(case.customers["customer_id"])
        outside = everybody[~everybody.isin(inside)]
    else:
        outside = member_ids(case, rest, _("Others"))
        outside = outside[~outside.isin(inside)]
    if len(inside) < MIN_MEMBERS:
        raise InputError(too_few(len(inside)))
    if len(outside) < MIN_MEMBERS:
        raise InputError(
            _("Only {n} other customers are left to compare the segment with; a comparison needs "
              "{least}. Take a smaller segment.").format(n=len(outside), least=MIN_MEMBERS)
        )  # fmt: skip
    return inside, outside


def too_few(n: int) -> str:
    """Say why a segment of so few customers gives no persona.

    Parameters
    ----------
    n : int
        Customers in the segment.

    Returns
    -------
    str
        A sentence: what is wrong, why, what to do.

    Examples
    --------
    >>> too_few(3).split(":")[0]
    'A segment of 3 customers is too small to generalise from'
    """
    least = MIN_MEMBERS
    return _(
        "A segment of {n} customers is too small to generalise from: even a share among {least} "
        "is uncertain by up to 18 points either way, and a card on so few describes people, not "
        "a type. Merge it with the segment next to it, or talk to these customers themselves; a "
        "persona needs at least {least}."
    ).format(n=n, least=least)


def _compared(facts: list[Fact], own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Compare, judge and word every candidate."""
    table = compare(own, other, pd.Series([fact.statistic for fact in facts], dtype=object))
    table["n"], table["n_rest"] = table["n"].astype(int), table["n_rest"].astype(int)
    table["q"] = adjusted(table["p"].to_numpy())
    table["strength"] = strengths(table["effect"], table["p"], table["q"])
    more = (table["effect"] > 0).to_numpy()
    for name in ("table", "column", "level", "statistic", "dimension", "words", "unit"):
        table[name] = [getattr(fact, name) for fact in facts]
    values = [
        number(value, fact.statistic == "median")
        for fact, value in zip(facts, table["value"], strict=True)
    ]
    table["text"] = [
        (fact.more if up else fact.less).replace("{value}", value).replace("{unit}", fact.unit)
        for fact, up, value in zip(facts, more, values, strict=True)
    ]
    table["kind"] = [f.kind if up else f.kind_less for f, up in zip(facts, more, strict=True)]
    table["share"] = _share_beyond(own, table, more)
    table["holds_rest"] = _share_beyond(other, table, more)
    return table[COLUMNS]


def _share_beyond(values: pd.DataFrame, table: pd.DataFrame, more: np.ndarray) -> np.ndarray:
    """Give the share of customers for whom each trait holds, of those with a known value."""
    held = holding(values.to_numpy(), *_sides(table["statistic"], table["rest"], more))
    return np.nanmean(held, axis=0)


def _sides(statistic, rest, more) -> tuple[np.ndarray, np.ndarray]:
    cut = np.where(np.asarray(statistic) == "share", 0.5, np.asarray(rest, dtype=float))
    return cut, np.asarray(more)


def holding(values: np.ndarray, cut: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Say for whom traits hold: 1 beyond the cut on the trait's side, 0 not, NaN unknown.

    Parameters
    ----------
    values : array of shape (customers, traits)
        Facts.
    cut : array of shape (traits,)
        One half for 0/1 facts, for numbers the others' mean or median.
    more : array of bool of shape (traits,)
        Whether the trait says "more".

    Returns
    -------
    array of shape (customers, traits)

    Examples
    --------
    >>> holding(np.array([[3.0], [5.0], [np.nan]]), np.array([4.0]), np.array([False])).ravel()
    array([ 1.,  0., nan])
    """
    beyond = np.where(more, values > cut, values < cut).astype(float)
    return np.where(np.isnan(values), np.nan, beyond)


def evidence_of(row) -> Evidence:
    """Turn a row of a trait table into the evidence of a trait.

    Parameters
    ----------
    row : Series or named tuple
        A row of :func:`trait_table`.

    Returns
    -------
    Evidence
    """
    own = {name: float(getattr(row, name)) for name in ("value", "rest", "effect", "low", "high")}
    return Evidence(
        table=row.table, column=row.column, statistic=row.statistic, level=row.level,
        n=int(row.n), n_rest=int(row.n_rest), strength=row.strength, words=row.words,
        unit=row.unit, cut=None if row.statistic == "share" else float(row.rest),
        holds_rest=float(row.holds_rest), **own,
    )  # fmt: skip
