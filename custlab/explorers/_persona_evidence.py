"""What survives when more is asked of the evidence: the lines, and how they are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.persona import DIMENSIONS, Persona, Trait
from custlab.persona import _html as tag
from custlab.persona._card import CardWriter
from custlab.persona._words import dimension_word
from custlab.persona.drafting import trait_of

# What may be asked for, from nothing to the most, and which strengths pass.
PASSES = {
    "anything": {"strong", "moderate", "weak", "none", "assumed"},
    "weak": {"strong", "moderate", "weak"},
    "moderate": {"strong", "moderate"},
    "strong": {"strong"},
}
LINES = 5
STYLE = """<style>
.cp-card.cp-card > .cp-kicker { padding: 1em 1.87em 0; }
.cp-card .cp-fallen .cp-text { font-weight: 400; color: var(--cp-ink-2); }
.cp-counts { border-collapse: collapse; margin: 8px 0; color: var(--jp-content-font-color1);
  line-height: 1.4; }
.cp-counts caption { text-align: left; font-weight: 600; padding: 2px 0; caption-side: top;
  color: var(--jp-content-font-color1); }
.cp-counts th, .cp-counts td { text-align: left; padding: 3px 12px 3px 0; font-weight: 400;
  border: 0; }
.cp-counts .cp-of { width: min(18em, 40vw); height: 12px; border: 1px solid
  var(--jp-content-font-color2); }
.cp-counts .cp-of span { display: block; height: 10px; background: var(--jp-brand-color1); }
</style>"""


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
        body = _Thinning(self.persona, self.demand).article()
        return f"{STYLE}{self._counts()}<style>{tag.stylesheet()}</style>{body}"

    def _counts(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{tag.text(dimension_word(row.Index))}</th>'
            f"<td>{_('{left} of {tried}').format(left=row.left, tried=row.tried)}</td>"
            f'<td><div class="cp-of" aria-hidden="true"><span style="width:'
            f'{100 * row.left / max(row.tried, 1):.1f}%"></span></div></td></tr>'
            for row in self.counts.itertuples()
        )
        title = tag.text(_("Claims tried that pass, by dimension"))
        return f'<table class="cp-counts"><caption>{title}</caption><tbody>{rows}</tbody></table>'


class _Thinning(CardWriter):
    """Writes the four dimensions; what fell stays in its place, struck out, so that it is seen."""

    def __init__(self, persona: Persona, demand: str):
        ok = PASSES[demand]
        self.fallen = {trait.id for trait in persona.traits if trait.strength not in ok}
        super().__init__(persona, tag.language(), 4)

    def article(self) -> str:
        words = self.text(
            _("What somebody might write on a card about these {n} customers").format(
                n=f"{self.persona.n:,}"
            )
        )
        return (
            f'<article class="cp-card" lang="{self.text(self.lang)}" id="{self.id}" '
            f'aria-labelledby="{self.id}-name" style="--cp-accent:var(--cp-bar)">'
            f'<p class="cp-kicker" id="{self.id}-name">{words}</p>{self.dimensions()}</article>'
        )

    def trait(self, trait: Trait) -> str:
        if trait.id not in self.fallen:
            return super().trait(trait)
        fell = tag.text(_("falls"))
        return (
            f'<li class="cp-trait cp-fallen"><span class="cp-no">{self.place[trait.id]}</span>'
            f'<del class="cp-text">{self.text(trait.text)}</del>'
            f'<span class="cp-mark">{fell}</span></li>'
        )
