"""One customer against the persona of its segment, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab import persona as subject
from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona import Persona, Trait
from custlab.persona import _html as tag
from custlab.plots.persona import members_fit

# With fewer lines known, "fits all" means next to nothing.
LEAST_KNOWN = 3
STYLE = """<style>
.cp-one { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: flex-start; }
.cp-one table { border-collapse: collapse; margin: 8px 0; flex: 1 1 26em; max-width: 40em;
  line-height: 1.4; color: var(--jp-content-font-color1); }
.cp-one caption { caption-side: top; text-align: left; font-weight: 600; padding: 2px 0 6px;
  color: var(--jp-content-font-color1); }
.cp-one th, .cp-one td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0;
  font-weight: 400; border: 0; border-bottom: 1px solid var(--jp-border-color2); }
.cp-one td:last-child { white-space: nowrap; }
.cp-one .cp-yes { font-weight: 700; }
</style>"""


@dataclass(frozen=True)
class Fit:
    """For which customers which lines of a persona hold.

    Parameters
    ----------
    traits : tuple of Trait
        The lines with evidence: the columns of ``held``.
    held : DataFrame of float
        Customers by trait ids: 1 holds, 0 does not, NaN unknown.
    members : Index
        The segment's customers.
    """

    traits: tuple[Trait, ...]
    held: pd.DataFrame
    members: pd.Index

    @classmethod
    def of(cls, case, persona: Persona, members) -> Fit:
        """Compute it for a persona; InputError if no line has evidence."""
        traits = tuple(trait for trait in persona.traits if trait.evidence)
        if not traits:
            raise InputError(
                _(
                    "No line of “{name}” has evidence, so nothing can be held against a customer. "
                    "Add lines with evidence first."
                ).format(name=persona.name)
            )
        held = subject.held_by(case, persona)
        return cls(traits, held, held.index[held.index.isin(pd.Index(members))])

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """Give, for members and others of whom enough is known, the share of lines that hold."""
        known = self.held.notna().sum(axis=1) >= min(LEAST_KNOWN, len(self.traits))
        shares = self.held.mean(axis=1)
        inside = self.held.index.isin(self.members)
        return shares[known & inside].to_numpy(), shares[known & ~inside].to_numpy()

    def draw(self, seed: int) -> list:
        """Give the members in random order."""
        order = np.random.default_rng(seed).permutation(len(self.members))
        return list(self.members[order])


class OneCustomer:
    """A customer without a name: which lines hold, and where that stands among all.

    Parameters
    ----------
    persona : Persona
        The persona.
    fit : Fit
        Which lines hold for whom.
    customer : str
        The customer; its id is shown nowhere.
    number : int
        Number in the draw.
    """

    def __init__(self, persona: Persona, fit: Fit, customer, number: int):
        self.persona, self.fit, self.number = persona, fit, number
        self.row = fit.held.loc[customer]
        self.members, self.others = fit.shares()

    def html(self) -> str:
        """Give the lines as a table, and the picture of all customers."""
        known = int(self.row.notna().sum())
        drawn = float(self.row.mean()) if known else None
        picture = members_fit(self.members, self.others, drawn)
        title = _("Customer {n} of the draw, against “{name}”").format(
            n=self.number, name=self.persona.name
        )
        head = "".join(
            f'<th scope="col"><strong>{tag.text(word)}</strong></th>'
            for word in (_("Line of the persona"), _("Holds here?"))
        )
        rows = "".join(self._row(trait) for trait in self.fit.traits)
        return (
            f'{STYLE}<div class="cp-one"><table><caption>{tag.text(title)}</caption><thead><tr>'
            f"{head}</tr></thead><tbody>{rows}</tbody></table>{picture.html()}</div>"
        )

    def _row(self, trait: Trait) -> str:
        answer = _answer(self.row[trait.id])
        return f'<tr><th scope="row">{tag.text(trait.text)}</th><td>{answer}</td></tr>'

    def sentence(self) -> str:
        """Say what this customer and all members show."""
        known, held = int(self.row.notna().sum()), int(self.row.sum())
        all_fit = int((self.members >= 1).sum())
        return _(
            "This customer fits <b>{held} of {known}</b> lines that are known of it ({unknown} "
            "unknown). Of {n} customers of the segment, <b>{all_fit} ({share:.1%}) fit every line "
            "known of them</b>; the middle one fits {middle:.0%}, the middle one of all others "
            "{other:.0%}. The persona describes the group: nobody is the persona."
        ).format(
            held=held, known=known, unknown=len(self.row) - known, n=f"{len(self.members):,}",
            all_fit=all_fit, share=all_fit / max(len(self.members), 1),
            middle=_middle(self.members), other=_middle(self.others),
        )  # fmt: skip


def _middle(shares: np.ndarray) -> float:
    return float(np.median(shares)) if len(shares) else 0.0


def _answer(value: float) -> str:
    if np.isnan(value):
        return f"? {tag.text(_('unknown'))}"
    if value:
        return f'<span class="cp-yes">✔ {tag.text(_("yes"))}</span>'
    return f"✘ {tag.text(_('no'))}"
