"""Is a set of personas true and useful? Tried on customers whom the cards were not made from.

Every customer is held out once: personas are drafted from the other customers, and whoever was
held out is given one by what the card states (:func:`custlab.persona.assign`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.advice import advise
from custlab.persona.assigning import best_of, held_in, odds_in
from custlab.persona.drafting import card_traits, checked_segments, in_order
from custlab.persona.evidence import MIN_MEMBERS
from custlab.persona.facts import facts_of
from custlab.persona.persona import Persona
from custlab.persona.validation_by_campaign import (
    campaign_rows,
    judged,
    predicted,
    uplift_by_persona,
)
from custlab.persona.validation_by_drift import mix_drift, trait_drift, windows
from custlab.persona.validation_by_variance import explained

# A customer is torn between two personas if the second is at least a third as likely.
TORN_ODDS = 3.0


@dataclass(frozen=True)
class Validation:
    """How personas did on customers who were held out.

    Attributes
    ----------
    case : str
        Name of the case.
    folds : int
        Into how many parts the customers were cut.
    assigned : Series
        Persona given to each customer while held out, by ``customer_id``.
    agreement : DataFrame
        One row with and one without the survey's answers: ``right`` (share of held-out segment
        members given their own persona, with interval ``low``, ``high``), ``largest`` (share of
        the largest segment) and ``customers``.
    explained : DataFrame
        One row a subject: ``share`` of its variance explained for held-out customers (0: no
        better than everybody's mean; below 0: worse) with interval ``low``, ``high``,
        ``customers``. Value: persona as known a year ago, orders and margin since. Needs:
        persona given without the survey.
    prediction : DataFrame
        One row a campaign: does the persona as known when it was sent predict the response?
    uplift : DataFrame
        One row a campaign and persona: contacted against held back.
    overlap : DataFrame
        Personas by personas: share of the row's customers who are torn towards the column's.
    drift : DataFrame
        Personas' shares of the same customers in the last half-year and a year before; the
        stability index in ``attrs``.
    trait_drift : DataFrame
        The same for each trait that carries a date.
    advice : DataFrame
        One row a persona: ``advice`` ("keep", "adjust", "retire") and the numbers behind it.
    """

    case: str
    folds: int
    assigned: pd.Series
    agreement: pd.DataFrame
    explained: pd.DataFrame
    prediction: pd.DataFrame
    uplift: pd.DataFrame
    overlap: pd.DataFrame
    drift: pd.DataFrame
    trait_drift: pd.DataFrame
    advice: pd.DataFrame

    def _repr_html_(self) -> str:
        parts = [
            (_("Held-out customers given their own persona"), self.agreement),
            (_("Share of variance explained"), self.explained),
            (_("Response predicted"), self.prediction),
            (_("Torn between personas"), self.overlap),
            (_("Advice"), self.advice),
        ]
        return "".join(
            f"<h4>{title}</h4>{table.round(3).to_html(index=table.index.name is not None)}"
            for title, table in parts
        )


def validate(case, segments: pd.Series, holdout: float = 0.2, seed: int = 0) -> Validation:
    """Try personas of segments on customers whom they were not made from.

    Parameters
    ----------
    case : Case
        The firm.
    segments : Series
        Segment (number or name) by ``customer_id``.
    holdout : float
        Share of the customers held out at a time, .1 to .5; every customer is held out once.
    seed : int
        Which customers are held out together.

    Returns
    -------
    Validation

    Raises
    ------
    InputError
        If ``holdout`` makes no sense, or the segments cannot be turned into personas. A segment
        of which fewer than 30 customers are left to draft from gets no persona here; the advice
        says so.

    Notes
    -----
    Intervals are over customers and take the personas as they are; they do not count that
    another sample would give other segments. The customers' segments were found with the
    held-out customers among them; only the cards were not.

    Examples
    --------
    >>> from custlab import load_case
    >>> case = load_case("software")
    >>> kinds = case.customers.set_index("customer_id")["kind"].astype(str)
    >>> found = validate(case, kinds, holdout=0.5)
    >>> found.agreement.set_index("with")["right"].round(2).to_dict()
    {'all': 1.0, 'no survey': 1.0}
    """
    if not 0.1 <= holdout <= 0.5:
        raise InputError(
            _("holdout must lie between 0.1 and 0.5, not {given}.").format(given=holdout)
        )
    segments = checked_segments(case, segments).astype(str)
    folds = round(1 / holdout)
    everybody = pd.Index(case.customers["customer_id"].astype(object))
    order = np.random.default_rng(seed).permutation(len(everybody))
    fold = pd.Series(order % folds, everybody)
    cards = [drafted(case, segments[fold[segments.index] != one]) for one in range(folds)]
    if min(len(personas) for personas in cards) < 2:
        raise InputError(
            _("With {share:.0%} held out, fewer than two segments keep {least} customers. Hold out "
              "less, or make fewer segments.").format(share=holdout, least=MIN_MEMBERS)
        )  # fmt: skip
    return _Trial(case, segments, fold, cards).run()


def drafted(case, segments: pd.Series) -> tuple[Persona, ...]:
    """Draft the plain cards (traits only) of the segments that are large enough.

    Parameters
    ----------
    case : Case
        The firm.
    segments : Series
        Segment by ``customer_id``.

    Returns
    -------
    tuple of Persona
    """
    sizes = segments.value_counts()
    sizes = sizes[(sizes >= MIN_MEMBERS) & (len(segments) - sizes >= MIN_MEMBERS)]
    return tuple(
        Persona(
            label, case.name, label, label, n=int(sizes[label]),
            share=float(sizes[label] / len(segments)),
            traits=card_traits(case, segments.index[segments == label], segments.index),
        )
        for label in in_order(segments)
        if label in sizes.index
    )  # fmt: skip


class _Trial:
    """One pass over the folds; each table of the result is a method."""

    def __init__(self, case, segments, fold, cards):
        self.case, self.segments, self.fold, self.cards = case, segments, fold, cards
        drafted = {persona.segment for personas in cards for persona in personas}
        self.labels = [label for label in in_order(segments) if label in drafted]

    def run(self) -> Validation:
        odds = self.held_out()
        assigned, bare = best_of(odds), best_of(self.held_out(without=("survey",)))
        overlap = self.overlap(odds)
        drift, trait_drift = self.drift()
        prediction, uplift = self.campaigns()
        agreement = self.agreement(assigned, bare)
        advice = advise(self.segments, assigned, overlap, trait_drift, self.labels)
        return Validation(
            self.case.name, len(self.cards), assigned, agreement, explained(self), prediction,
            uplift, overlap, drift, trait_drift, advice,
        )  # fmt: skip

    def held_out(self, until=None, since=None, without=()) -> pd.DataFrame:
        """Give the odds of each customer by the cards that were made without her or him."""
        facts = facts_of(self.case, until, since)
        parts = []
        for one, personas in enumerate(self.cards):
            ids = facts.values.index[self.fold[facts.values.index] == one]
            odds = odds_in(facts, personas, without).loc[ids]
            parts.append(odds.reindex(columns=self.labels, fill_value=-np.inf))
        return pd.concat(parts)

    def everybody(self, one: int, until=None, without=()) -> pd.Series:
        """Give every customer a persona by the cards of one fold."""
        return best_of(odds_in(facts_of(self.case, until), self.cards[one], without))

    def agreement(self, assigned: pd.Series, bare: pd.Series) -> pd.DataFrame:
        from custlab.value.loyalty import share_with_interval

        own = self.segments[self.segments.isin(self.labels)]
        rows = []
        for words, given in ((_("all"), assigned), (_("no survey"), bare)):
            right = given[own.index] == own
            share = share_with_interval(int(right.sum()), len(own))
            rows.append({"with": words, "right": share["share"], "low": share["low"],
                         "high": share["high"], "largest": own.value_counts(normalize=True).iloc[0],
                         "customers": len(own)})  # fmt: skip
        return pd.DataFrame(rows)

    def overlap(self, odds: pd.DataFrame) -> pd.DataFrame:
        """Count customers for whom another persona is at least a third as likely."""
        odds = odds.dropna()
        first = odds.idxmax(axis=1)
        near = odds.ge(odds.max(axis=1) - np.log(TORN_ODDS), axis=0)
        shares = near.groupby(first).mean().reindex(index=self.labels, columns=self.labels)
        table = shares.fillna(0.0).to_numpy(copy=True)
        np.fill_diagonal(table, 0.0)
        return pd.DataFrame(table, self.labels, self.labels).rename_axis("persona")

    def campaigns(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Learn rates of response from the others, predict those held out."""
        rows, uplifts = [], []
        if "campaign" not in self.case.tables:
            return pd.DataFrame(rows), pd.DataFrame(uplifts)
        for name in self.case.campaign["campaign_id"].drop_duplicates():
            sent = campaign_rows(self.case, name)
            day = self.case.campaign.set_index("campaign_id").loc[[name], "sent_on"].min()
            until = day - pd.Timedelta(days=1)
            tested = [self._one_fold(sent, one, until) for one in range(len(self.cards))]
            tested = pd.concat(tested)
            rows.append({"campaign": str(name), **judged(tested)})
            uplifts.append(uplift_by_persona(tested).assign(campaign=str(name)))
        uplift = pd.concat(uplifts, ignore_index=True)
        return pd.DataFrame(rows), uplift[["campaign", *uplift.columns.drop("campaign")]]

    def _one_fold(self, sent: pd.DataFrame, one: int, until) -> pd.DataFrame:
        given = self.everybody(one, until).reindex(sent.index)
        sent = sent.assign(persona=given.fillna("?"))
        out = self.fold[sent.index] == one
        return predicted(sent[~out], sent[out]).assign(fold=one)

    def drift(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Compare the same customers in the same months of two years."""
        spans = windows(self.case.as_of)
        known = facts_of(self.case, spans[0][1]).values.index
        given = [best_of(self.held_out(until, since)) for until, since in spans]
        mix = mix_drift(*(part[part.index.isin(known)] for part in given), self.labels)
        parts = []
        for persona in drafted(self.case, self.segments):
            members = self.segments.index[self.segments == persona.segment].intersection(known)
            held = [self._held(persona, members, *span) for span in spans]
            moved = trait_drift(*held, persona.traits)
            parts.append(moved.assign(persona=persona.segment))
        moved = pd.concat(parts, ignore_index=True)
        return mix, moved[["persona", *moved.columns.drop("persona")]]

    def _held(self, persona: Persona, members, until, since) -> pd.DataFrame:
        facts = facts_of(self.case, until, since)
        held = held_in(facts, [trait for trait in persona.traits if trait.evidence])
        ids = [trait.id for trait in persona.traits if trait.evidence]
        table = pd.DataFrame(held, facts.values.index, ids)
        return table[table.index.isin(members)]
