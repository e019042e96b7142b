"""What survives when more is asked of the evidence: the lines, and how they are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.persona import DIMENSIONS, Persona, Trait
from custlab.persona.card_layout import CardLayout, template_words
from custlab.persona.drafting import trait_of
from custlab.templates import render, style_sheet

# What may be asked for, from nothing to the most, and which strengths pass.
PASSES = {
    "anything": {"strong", "moderate", "weak", "none", "assumed"},
    "weak": {"strong", "moderate", "weak"},
    "moderate": {"strong", "moderate"},
    "strong": {"strong"},
}
LINES = 5


def lines_of(candidates: pd.DataFrame) -> tuple[Trait, ...]:
    """Take a few claims of each dimension, from the best supported to the unsupported.

    Parameters
    ----------
    candidates : DataFrame
        A trait table with every candidate that was tried.

    Returns
    -------
    tuple of Trait
        Up to five lines a dimension, evenly spread over its candidates.
    """
    traits = []
    for dimension in DIMENSIONS:
        rows = candidates[candidates["dimension"] == dimension]
        spread = np.unique(np.linspace(0, len(rows) - 1, min(LINES, len(rows))).round().astype(int))
        traits += [trait_of(row) for row in rows.iloc[spread].itertuples()]
    return tuple(traits)


def passed(candidates: pd.DataFrame, demand: str) -> pd.DataFrame:
    """Count, for each dimension, the candidates and those that pass.

    Parameters
    ----------
    candidates : DataFrame
        A trait table with every candidate that was tried.
    demand : str
        A key of :data:`PASSES`.

    Returns
    -------
    DataFrame
        ``tried`` and ``left`` by dimension.
    """
    ok = candidates["strength"].isin(PASSES[demand])
    groups = ok.groupby(candidates["dimension"])
    counts = pd.DataFrame({"tried": groups.size(), "left": groups.sum()})
    return counts.reindex(list(DIMENSIONS), fill_value=0).astype(int)


class ThinnedCard:
    """A card on which the lines that do not pass are struck out, below a table of the counts.

    Parameters
    ----------
    persona : Persona
        All lines.
    demand : str
        A key of :data:`PASSES`.
    counts : DataFrame
        ``tried`` and ``left`` by dimension.
    """

    def __init__(self, persona: Persona, demand: str, counts: pd.DataFrame):
        self.persona, self.demand, self.counts = persona, demand, counts

    def html(self) -> str:
        """Give the counts and the card as HTML."""
        passing = PASSES[self.demand]
        fallen = {trait.id for trait in self.persona.traits if trait.strength not in passing}
        return render(
            "explorers/persona/thinned_card.html",
            style=style_sheet("explorers/persona/explorers.css") + style_sheet("persona/card.css"),
            counts=self.counts.itertuples(),
            card=CardLayout(self.persona, 4, fallen),
            **template_words(),
        )
