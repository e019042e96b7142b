"""Give customers the persona whose card fits them best, by what the card states and no more."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.evidence import holding
from custlab.persona.facts import Facts, facts_of, member_ids
from custlab.persona.persona import Persona
from custlab.persona.persona_set import PersonaSet

# Shares on a card are drawn this many customers towards one half: none is taken for certain.
PRIOR_CUSTOMERS = 2.0


def assign(case, personas, customers=None, until=None) -> pd.Series:
    """Give each customer the persona whose card fits best.

    Only the cards are used: for how many members each trait holds and for how many others. A
    trait that holds for a customer speaks for the persona by the ratio of the two shares, one
    that does not by the ratio of what is left of them; a trait that is unknown of the customer
    says nothing. The ratios are multiplied with the odds of the persona's share of customers
    ("naive" Bayes: as if traits did not hang together), and the highest odds win.

    Parameters
    ----------
    case : Case
        The firm.
    personas : PersonaSet or list of Persona
        At least two; assumed traits are not used.
    customers : Index, Series or list of customer_id, optional
        Whom to assign; everybody by default.
    until : date, optional
        As known on this day; the last day of the data by default.

    Returns
    -------
    Series of str
        The segment's label of the persona, by ``customer_id``; missing for customers of whom no
        trait is known.

    Raises
    ------
    InputError
        If there are fewer than two personas, or they belong to another case.

    References
    ----------
    Hand, D. J. & Yu, K. (2001). Idiot's Bayes: not so stupid after all? International
    Statistical Review 69(3), 385-398.

    Examples
    --------
    >>> from custlab import load_case
    >>> from custlab.persona import draft_set
    >>> case = load_case("software")
    >>> kinds = case.customers.set_index("customer_id")["kind"].astype(str)
    >>> assigned = assign(case, draft_set(case, kinds))
    >>> float(round((assigned == kinds).mean(), 2))
    1.0
    """
    odds = persona_odds(case, personas, customers, until)
    return best_of(odds)


def persona_odds(case, personas, customers=None, until=None) -> pd.DataFrame:
    """Give the log-odds of each persona for each customer, as :func:`assign` compares them.

    Parameters
    ----------
    case : Case
        The firm.
    personas : PersonaSet or list of Persona
        At least two.
    customers : Index, Series or list of customer_id, optional
        Whom; everybody by default.
    until : date, optional
        As known on this day.

    Returns
    -------
    DataFrame of float
        Customers by segments' labels; missing where no trait of any card is known.
    """
    personas = checked_personas(case, personas)
    odds = odds_in(facts_of(case, until), personas)
    if customers is None:
        return odds
    return odds.reindex(member_ids(case, customers, _("Customers")).astype(object))


def checked_personas(case, personas: PersonaSet | Iterable[Persona]) -> tuple[Persona, ...]:
    """Check that personas can be told apart in this case.

    Parameters
    ----------
    case : Case
        The firm.
    personas : PersonaSet or list of Persona
        The personas.

    Returns
    -------
    tuple of Persona
    """
    found = tuple(personas)
    if len(found) < 2 or not all(isinstance(one, Persona) for one in found):
        raise InputError(_("Give at least two personas, for example the result of draft_set."))
    for one in found:
        if one.case != case.name:
            from custlab.persona.check import other_case

            raise InputError(other_case(one, case.name))
    labels = [label_of(one) for one in found]
    if len(set(labels)) < len(labels):
        raise InputError(_("Two personas stand for the same segment: keep one of them."))
    return found


def label_of(persona: Persona) -> str:
    """Give the segment's label of a persona, or its id if it has none."""
    return persona.segment or persona.id


def odds_in(facts: Facts, personas: tuple[Persona, ...], without: tuple = ()) -> pd.DataFrame:
    """Compute log-odds of personas from facts.

    Parameters
    ----------
    facts : Facts
        What is known of the customers.
    personas : tuple of Persona
        The personas.
    without : tuple of str
        Tables whose traits are not used.

    Returns
    -------
    DataFrame of float
        Customers by segments' labels.
    """
    columns, known = {}, np.zeros(len(facts.values), dtype=bool)
    for persona in personas:
        traits = [t for t in persona.traits if t.evidence and t.evidence.table not in without]
        held = held_in(facts, traits)
        own = _drawn_in([t.share for t in traits], [t.evidence.n for t in traits])
        rest = _drawn_in(
            [t.evidence.holds_rest for t in traits], [t.evidence.n_rest for t in traits]
        )
        weight = np.where(held == 1, np.log(own / rest), np.log((1 - own) / (1 - rest)))
        known |= ~np.isnan(held).all(axis=1)
        start = np.clip(persona.share, 0.01, 0.99)
        columns[label_of(persona)] = np.log(start / (1 - start)) + np.nansum(
            np.where(np.isnan(held), np.nan, weight), axis=1
        )
    odds = pd.DataFrame(columns, index=facts.values.index)
    return odds.where(pd.Series(known, odds.index), axis=0)


def _drawn_in(shares: list, n: list) -> np.ndarray:
    known = np.array([0.5 if share is None else share for share in shares], dtype=float)
    n = np.array(n, dtype=float)
    return (known * n + 0.5 * PRIOR_CUSTOMERS) / (n + PRIOR_CUSTOMERS)


def best_of(odds: pd.DataFrame) -> pd.Series:
    """Give the label of the highest odds of each customer; missing where none is known."""
    best = pd.Series(pd.NA, odds.index, dtype=object, name="persona")
    known = odds.notna().all(axis=1)
    best[known] = odds[known].idxmax(axis=1)
    return best


def held_by(case, persona: Persona, until=None) -> pd.DataFrame:
    """Say of each customer which of a persona's traits hold.

    Parameters
    ----------
    case : Case
        The firm.
    persona : Persona
        Its traits; those without evidence cannot be looked up and are left out.
    until : date, optional
        As known on this day; the last day of the data by default.

    Returns
    -------
    DataFrame of float
        Customers by trait ids: 1 holds, 0 does not, NaN unknown.

    Examples
    --------
    >>> from custlab import load_case
    >>> from custlab.persona import draft
    >>> case = load_case("software")
    >>> firms = case.customers.query("kind == 'enterprise'")["customer_id"]
    >>> held = held_by(case, draft(case, firms))
    >>> held.loc[firms, "customers-kind-enterprise"].mean()
    np.float64(1.0)
    """
    facts = facts_of(case, until)
    traits = [trait for trait in persona.traits if trait.evidence]
    held = held_in(facts, traits)
    return pd.DataFrame(held, facts.values.index, [trait.id for trait in traits])


def held_in(facts: Facts, traits: list) -> np.ndarray:
    """Say for whom traits hold: 1, 0, or NaN where unknown; customers by traits."""
    found = [trait.evidence for trait in traits]
    columns = [facts.column((one.table, one.column, one.level)) for one in found]
    values = np.column_stack(columns) if columns else np.empty((len(facts.values), 0))
    cuts = np.array([0.5 if one.cut is None else one.cut for one in found])
    return holding(values, cuts, np.array([one.effect > 0 for one in found], dtype=bool))
