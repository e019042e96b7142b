"""Pictures of lesson 09: how many fit a portrait, what sets a segment apart, what is predicted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.plots.drawing import in_style
from custlab.style import MARKERS, MUTED, PALETTE, Picture, new_figure

# Effects beyond this are drawn at the edge, with an arrow: their size no longer matters.
WIDEST = 3.0


@in_style
def left_over(counts: pd.Series, title: str = "") -> Picture:
    """Draw how many customers still fit when one line after the other is asked for.

    Parameters
    ----------
    counts : Series of int
        Customers who fit all lines so far, by the line added; the first entry is everybody.
    title : str, optional
        What the picture says.

    Returns
    -------
    Picture
        A bar for each line.

    Examples
    --------
    >>> left_over(pd.Series({"everybody": 200, "and single": 50})).alt
    'How many customers still fit. everybody: 200 (100 %), and single: 50 (25 %).'
    """
    title = title or _("How many customers still fit")
    everybody = counts.iloc[0]
    place = np.arange(len(counts))
    fig, ax = new_figure(7.2, 0.9 + 0.42 * len(counts))
    ax.barh(place, counts, color=PALETTE[0], height=0.62)
    words = [
        _("{n} ({share} %)").format(
            n=f"{n:,}", share=f"{100 * n / everybody:.1f}".removesuffix(".0")
        )
        for n in counts
    ]
    for y, n, said in zip(place, counts, words, strict=True):
        ax.annotate(said, (n, y), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_yticks(place, counts.index)
    ax.set_ylim(len(counts) - 0.5, -0.5)
    ax.set_xlim(0, everybody * 1.22)
    ax.set(title=title, xlabel=_("customers who fit every line so far"))
    told = ", ".join(f"{name}: {said}" for name, said in zip(counts.index, words, strict=True))
    return Picture(fig, f"{title}. {told}.")


@in_style
def effects(traits: pd.DataFrame, top: int = 14, title: str = "") -> Picture:
    """Draw how far a segment differs from the rest, dimension by dimension.

    Parameters
    ----------
    traits : DataFrame
        The result of :func:`custlab.persona.trait_table`.
    top : int
        How many traits to draw, those with the largest effects.
    title : str, optional
        What the picture says.

    Returns
    -------
    Picture
        A mark for each trait: its place is the size of the effect, its shape the dimension, and
        it is filled if the evidence is strong.

    Raises
    ------
    InputError
        If there is no trait to draw.
    """
    if traits.empty:
        raise InputError(_("No trait has enough evidence to be drawn."))
    size = traits["effect"].abs()
    shown = traits.loc[size.sort_values(ascending=False, kind="stable").index[:top]]
    shown = shown.sort_values(["dimension", "effect"], key=_by_size, kind="stable")
    dimensions = list(dict.fromkeys(shown["dimension"]))
    title = title or _("How far the segment differs from the rest")
    fig, ax = new_figure(8.6, 1.5 + 0.34 * len(shown))
    for edge in (0.2, 0.5, 0.8):
        ax.axvline(edge, color=MUTED, lw=0.9, ls=":")
    for y, row in enumerate(shown.itertuples()):
        place, effect = dimensions.index(row.dimension), min(abs(row.effect), WIDEST)
        colour = PALETTE[place]
        ax.plot([0, effect], [y, y], color=colour, lw=1.6)
        ax.plot(effect, y, MARKERS[place], color=colour, ms=8,
                markerfacecolor=colour if row.strength == "strong" else "white")  # fmt: skip
    for place, dimension in enumerate(dimensions):
        ax.plot([], [], MARKERS[place], color=PALETTE[place], label=_dimension(dimension))
    ax.set_yticks(range(len(shown)), [_short(text) for text in shown["text"]])
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.set_xlim(0, max(1.0, min(WIDEST, size.max()) * 1.06))
    ax.set_title(title)
    ax.set_xlabel(_("effect (.2 small, .5 medium, .8 large; filled: strong evidence)"), loc="right")
    fig.legend(loc="outside lower center", ncols=2)
    said = "; ".join(f"{row.text}: {abs(row.effect):.1f}, {row.strength}" for row in
                     shown.itertuples())  # fmt: skip
    return Picture(fig, f"{title}. {said}.")


@in_style
def predictions(found: Mapping[str, pd.DataFrame], title: str = "") -> Picture:
    """Draw how much better the response of campaigns is predicted with personas than without.

    Parameters
    ----------
    found : mapping of str to DataFrame
        By the name of the set of personas: ``validate(...).prediction``.
    title : str, optional
        What the picture says.

    Returns
    -------
    Picture
        For each campaign and set the part of the log loss that is saved (in per cent of the loss
        without personas) with its 95 % interval; 0 means no better than without.

    Raises
    ------
    InputError
        If there is no campaign.
    """
    if not found or any(table.empty for table in found.values()):
        raise InputError(_("There is no campaign whose response could be predicted."))
    title = title or _("Is the response predicted better with personas than without?")
    campaigns = list(next(iter(found.values()))["campaign"])
    fig, ax = new_figure(7.6, 1.7 + 0.55 * len(campaigns))
    said = []
    for place, (name, table) in enumerate(found.items()):
        parts = (
            table.set_index("campaign")[["gain", "gain_low", "gain_high"]]
            .div(table.set_index("campaign")["log_loss_none"], axis=0)
            .loc[campaigns] * 100
        )  # fmt: skip
        y = np.arange(len(campaigns)) + 0.24 * (place - (len(found) - 1) / 2)
        width = [parts["gain"] - parts["gain_low"], parts["gain_high"] - parts["gain"]]
        ax.errorbar(parts["gain"], y, xerr=width, fmt=MARKERS[place], color=PALETTE[place],
                    capsize=3, label=name)  # fmt: skip
        said += [
            _("{campaign}, {name}: {gain:+.1f} % ({low:+.1f} to {high:+.1f})").format(
                campaign=campaign, name=name, gain=row.gain, low=row.gain_low, high=row.gain_high
            )
            for campaign, row in zip(campaigns, parts.itertuples(), strict=True)
        ]
    ax.axvline(0, color="black", lw=1)
    ax.set_yticks(range(len(campaigns)), campaigns)
    ax.set_ylim(len(campaigns) - 0.5, -0.5)
    ax.set(title=title, xlabel=_("prediction error saved (%), with 95 % interval; "
                                 "0: no better than without"))  # fmt: skip
    fig.legend(loc="outside lower center", ncols=len(found))
    return Picture(fig, f"{title} {'; '.join(said)}.")


def _by_size(column: pd.Series) -> pd.Series:
    """Sort numbers by size, the largest first, and words by the alphabet."""
    return -column.abs() if pd.api.types.is_numeric_dtype(column) else column


def _dimension(name: str) -> str:
    words = {
        "demographic": _("demographic"),
        "behaviour": _("behaviour"),
        "psychology": _("psychology"),
        "needs": _("needs, expectations, pain points"),
    }
    return words.get(name, name)


def _short(text: str, most: int = 58) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
