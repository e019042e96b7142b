"""One customer against the persona of its segment, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab import persona as subject
from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona import DIMENSIONS, Persona, Trait
from custlab.persona.card_layout import template_words
from custlab.persona.phrases import percent
from custlab.templates import render, style_sheet

# "Fits every line" means little where few lines are known: customers are counted of whom three
# quarters are, or half where that leaves fewer than thirty.
KNOWN_SHARES = (0.75, 0.5, 0.0)
ENOUGH = 30
EDGES = (0, 0.2, 0.4, 0.6, 0.8, 1.0)


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
        ordered = (trait for name in DIMENSIONS for trait in persona.by_dimension(name))
        traits = tuple(trait for trait in ordered if trait.evidence)
        if not traits:
            raise InputError(
                _(
                    "No line of “{name}” has evidence, so nothing can be held against a customer. "
                    "Add lines with evidence first."
                ).format(name=persona.name)
            )
        held = subject.held_by(case, persona)
        inside = held.index[held.index.isin(pd.Index(members))]
        if not len(inside):
            raise InputError(
                _("None of the members is a customer of the case {case}.").format(case=case.name)
            )
        return cls(traits, held, inside)

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """Give the share of lines that hold, for the members and for all others.

        Only customers of whom enough lines are known are counted.
        """
        known = self.held.notna().mean(axis=1)
        inside = self.held.index.isin(self.members)
        for least in KNOWN_SHARES:
            counted = (known >= least) & (known > 0)
            if (counted & inside).sum() >= ENOUGH:
                break
        shares = self.held.mean(axis=1)
        return shares[counted & inside].to_numpy(), shares[counted & ~inside].to_numpy()

    def draw(self, seed: int) -> list:
        """Give the members in random order."""
        order = np.random.default_rng(seed).permutation(len(self.members))
        return list(self.members[order])


def groups_of(shares) -> np.ndarray:
    """Give the group of each share: 0 for under 20 % to 4 for under 100 %, and 5 for all.

    >>> groups_of([0.0, 0.6, 0.99, 1.0]).tolist()
    [0, 3, 4, 5]
    """
    # A share such as 3/5 must not fall below 0.6 by a rounding error.
    return np.searchsorted(EDGES, np.asarray(shares, dtype=float) + 1e-9, side="right") - 1


class OneCustomer:
    """A customer without a name: which lines hold, and where that stands among all.

    Parameters
    ----------
    persona : Persona
        The persona.
    fit : Fit
        Which lines hold for whom.
    shares : tuple of two arrays
        ``fit.shares()``.
    customer : str
        The customer; its id is shown nowhere.
    number : int
        Number in the draw.
    """

    def __init__(self, persona: Persona, fit: Fit, shares, customer, number: int):
        self.persona, self.traits, self.number = persona, fit.traits, number
        self.row = fit.held.loc[customer]
        self.members, self.others = shares

    def html(self) -> str:
        """Give the lines as a table, and all customers as another."""
        own, rest = (
            np.bincount(groups_of(shares), minlength=len(EDGES)) / max(len(shares), 1)
            for shares in (self.members, self.others)
        )
        here = int(groups_of([self.row.mean()])[0]) if self.row.notna().any() else -1
        return render(
            "explorers/persona/one_customer.html",
            style=style_sheet("explorers/persona/explorers.css"),
            number_drawn=self.number, name=self.persona.name, n=len(self.members),
            lines=[(trait.text, self.row[trait.id]) for trait in self.traits],
            groups=list(zip(own, rest, strict=True)), here=here,
            longest=max(own.max(), rest.max(), 0.01),
            **template_words(),
        )  # fmt: skip

    def sentence(self) -> str:
        """Say what this customer and all members show."""
        known, held = int(self.row.notna().sum()), int(self.row.sum())
        all_fit, n = int((self.members >= 1).sum()), len(self.members)
        return _(
            "This customer fits <b>{held} of the {known}</b> lines that are known of it; {unknown} "
            "are unknown. Of {n} customers of the segment of whom enough is known, <b>{all_fit} "
            "({share}) fit every line</b> known of them, and {differ} differ from the persona in "
            "at least one. The middle customer fits {middle} of the lines, the middle one of all "
            "others {other}: the persona describes a group."
        ).format(
            held=held, known=known, unknown=len(self.row) - known, n=f"{n:,}", all_fit=all_fit,
            share=percent(all_fit / max(n, 1)), differ=f"{n - all_fit:,}",
            middle=percent(_middle(self.members)), other=percent(_middle(self.others)),
        )  # fmt: skip


def _middle(shares: np.ndarray) -> float:
    return float(np.median(shares)) if len(shares) else 0.0
