"""Pictures of how right a method is: confusion, accuracy, coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab import roles as subject
from custlab.i18n import _
from custlab.plots.drawing import INK, fix_margins, in_style, shaded_table
from custlab.roles.rules import CORE_ROLES
from custlab.roles.words import method_word, role_word
from custlab.style import MUTED, PALETTE, Picture, new_figure


@in_style
def confusion_matrix(truth: pd.DataFrame, found: pd.DataFrame, *, name: str = "") -> Picture:
    """Draw true against found main roles: how many people, and per cent of each true role.

    Parameters
    ----------
    truth, found : DataFrame
        As for `custlab.roles.accuracy`.
    name : str, optional
        The method's name, for the title.

    Returns
    -------
    Picture
        A table of numbers shaded by row share; the diagonal is right.
    """
    table = subject.confusion(truth, found)
    judged = table[list(CORE_ROLES)]
    share = judged.div(judged.sum(axis=1).clip(lower=1), axis=0)
    fig, ax = new_figure(5.6, 4.2)
    words = [role_word(role) for role in CORE_ROLES]
    shaded_table(
        ax, share, judged.map(str) + share.map("\n{:.0%}".format), words, words,
        low=0, high=1, aspect="equal",
        fontweight=np.where(np.eye(len(words), dtype=bool), "bold", "normal"),
    )  # fmt: skip
    ax.set_xlabel(_("role that the method names"))
    ax.set_ylabel(_("true role"))
    ax.set_title(_("Right on the diagonal: {name}").format(name=name or _("people and shares")))
    said = "; ".join(
        _("of {n} true {role}s, {right:.0%} are found").format(
            n=judged.loc[role].sum(), role=role_word(role), right=share.loc[role, role]
        )
        for role in CORE_ROLES
    )
    return Picture(fig, _("Confusion of roles: {said}.").format(said=said))


@in_style
def methods(table: pd.DataFrame) -> Picture:
    """Draw the accuracy of several methods on the same people.

    Parameters
    ----------
    table : DataFrame
        From `custlab.roles.compare_methods`.

    Returns
    -------
    Picture
        One bar per method, in per cent; a line marks the commonest role as a guess.
    """
    share = table["accuracy"].rename(method_word)[::-1] * 100
    chance = table["chance"].iloc[0] * 100
    fig, ax = new_figure(6.4, 2.5)
    bars = ax.barh(share.index, share, color=PALETTE[0], height=0.6)
    ax.bar_label(bars, fmt="%.0f %%", padding=4)
    ax.axvline(chance, color=INK, linestyle="--")
    ax.text(chance + 1, len(share) - 0.42, _("always naming the commonest role"), fontsize=8,
            va="bottom")  # fmt: skip
    ax.set_xlim(0, 105)
    ax.set_ylim(-0.5, len(share) - 0.1)
    ax.set_xlabel(_("right among those judged (%), customers never seen before"))
    ax.set_title(_("How often is the main role right?"))
    ax.grid(axis="y", visible=False)
    said = ", ".join(f"{name} {value:.0f} %" for name, value in share[::-1].items())
    alt = _("Accuracy: {said}; always naming the commonest role reaches {chance:.0f} %.")
    return Picture(fig, alt.format(said=said, chance=chance))


@in_style
def coverage_curve(curve: pd.DataFrame, chosen: int) -> Picture:
    """Draw how accuracy rises and coverage falls as more telling actions are asked for.

    Parameters
    ----------
    curve : DataFrame
        Index: telling actions asked for; columns ``accuracy`` and ``coverage``, 0 to 1.
    chosen : int
        The number that is chosen now; marked.

    Returns
    -------
    Picture
        Two lines in per cent.
    """
    fig, ax = new_figure(7, 3.6)
    now = curve.loc[chosen] * 100
    x = curve.index.to_numpy()
    for name, label, colour, marker, line in (
        ("accuracy", _("right among those judged"), PALETTE[0], "o", "-"),
        ("coverage", _("people who get a role"), PALETTE[3], "s", "--"),
    ):
        values = curve[name].to_numpy() * 100
        ax.plot(x, values, color=colour, marker=marker, markersize=4, linestyle=line,
                label=label)  # fmt: skip
        ax.annotate(f"{now[name]:.0f} %", (chosen, now[name]), xytext=(7, 7),
                    textcoords="offset points", color=colour, fontweight="bold")  # fmt: skip
    ax.axvline(chosen, color=MUTED, linestyle=":")
    ax.set_ylim(0, 105)
    ax.set_xlabel(_("telling actions asked for before a role is named (number)"))
    ax.set_ylabel(_("people (%)"))
    ax.set_title(_("Sure about few, or unsure about many?"))
    ax.legend(loc="lower left")
    fix_margins(fig, left=0.1, right=0.97, bottom=0.15, top=0.89)
    alt = _("With {n} telling actions asked for, {coverage:.0f} % of people get a role and "
            "{accuracy:.0f} % of these are right.")  # fmt: skip
    return Picture(fig, alt.format(n=chosen, **now))


@in_style
def role_counts(counts: pd.DataFrame) -> Picture:
    """Draw how many people truly play each main role, and how many the rule names.

    Parameters
    ----------
    counts : DataFrame
        Index: core roles; columns ``true``, ``named`` and ``right``: people.

    Returns
    -------
    Picture
        Two bars per role; the right part of the named ones is filled.
    """
    fig, ax = new_figure(7, 3.6)
    x = np.arange(len(counts))
    ax.bar(x - 0.2, counts["true"], 0.38, color="#E5E7EB", edgecolor=INK,
           label=_("truly"))  # fmt: skip
    ax.bar(x + 0.2, counts["named"], 0.38, color="white", edgecolor=INK, hatch="////",
           label=_("named by the rule, wrongly"))  # fmt: skip
    ax.bar(x + 0.2, counts["right"], 0.38, color=PALETTE[0], edgecolor=INK,
           label=_("named by the rule, rightly"))  # fmt: skip
    ax.set_xticks(x, [role_word(role) for role in counts.index])
    ax.set_ylabel(_("people judged (number)"))
    ax.set_title(_("Who becomes decider when the weights change?"))
    ax.grid(axis="x", visible=False)
    ax.set_ylim(0, counts[["true", "named"]].to_numpy().max() * 1.3)
    ax.legend(ncols=3, loc="upper center", fontsize=8)
    fix_margins(fig, left=0.1, right=0.97, bottom=0.15, top=0.89)
    said = "; ".join(
        _("{role}: {true} truly, {named} named, {right} rightly").format(
            role=role_word(role), **row.to_dict()
        )
        for role, row in counts.iterrows()
    )
    return Picture(fig, _("People by main role. {said}.").format(said=said))
