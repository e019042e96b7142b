"""Explorers of lesson 02: who answers a survey, what a date says, who hides in a crowd."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np
import pandas as pd

from custlab.explorers.frame import Drawn, explorer
from custlab.i18n import _
from custlab.plots import data_quality as pictures
from custlab.plots import data_sources as sources
from custlab.quality import group_sizes, parse_mixed_dates
from custlab.quality.thought_experiments import (
    coarsened,
    expected_answers,
    listed_people,
    reading_fates,
    written_dates,
)


def non_response_explorer(case) -> widgets.VBox:
    """Slide who answers a survey, and watch its mean leave the truth.

    The satisfaction of the case's respondents is taken for that of all customers, so that there
    is a truth to miss. What is drawn is what to expect on average: no chance is played.

    Parameters
    ----------
    case : Case
        The firm's tables; ``survey`` is used.

    Returns
    -------
    ipywidgets.VBox
        Four sliders, a picture and a sentence.

    Examples
    --------
    >>> from custlab import load_case
    >>> box = non_response_explorer(load_case("appliances"))
    >>> len(box.children)
    4
    """
    everyone = case.survey["satisfaction"].dropna().astype(int).value_counts(normalize=True)
    everyone = everyone.reindex(range(1, 6), fill_value=0.0)

    def draw(invited, pleased, neutral, displeased):
        rates = np.array([displeased, displeased, neutral, pleased, pleased]) / 100
        expected, summary = expected_answers(everyone, rates, invited)
        return sources.non_response(expected, summary), _said_about_survey(summary)

    rate = {"min": 2, "max": 100, "step": 2}
    return explorer(
        draw,
        _("who answers"),
        _(
            "Say how many of the pleased, the neutral and the displeased answer. Give all three "
            "the same rate first: the mean is right. Then let the displeased fall silent. Does "
            "inviting more people help?"
        ),
        invited=widgets.IntSlider(
            500, 100, 5000, 100, description=_("People invited"), readout_format="d"
        ),
        pleased=widgets.IntSlider(40, **rate, description=_("Pleased (4-5), %")),
        neutral=widgets.IntSlider(20, **rate, description=_("Neutral (3), %")),
        displeased=widgets.IntSlider(10, **rate, description=_("Displeased (1-2), %")),
    )


def _said_about_survey(summary: pd.Series) -> str:
    """Say in a sentence what the answers would make you believe."""
    values = {
        "n": round(summary["n"]),
        "rate": 100 * summary["rate"],
        "mean": summary["mean"],
        "truth": summary["truth"],
        "off": abs(summary["mean"] - summary["truth"]),
    }
    text = _(
        "{n:,} answers ({rate:.0f} % of those invited). You would report <b>{mean:.2f}</b>; the "
        "truth is <b>{truth:.2f}</b>, {off:.2f} away."
    ).format(**values)
    inside = summary["low"] <= summary["truth"] <= summary["high"]
    verdict = (
        _("The interval holds the truth.")
        if inside
        else _(
            "The interval leaves the truth outside: more invitations make it narrower around the "
            "wrong value."
        )
    )
    return f"{text} {verdict}"


def crowd_explorer(case) -> widgets.VBox:
    """Tick and coarsen what is told about people, and watch how big a crowd each one hides in.

    Parameters
    ----------
    case : Case
        The firm's tables; ``customers`` is used.

    Returns
    -------
    ipywidgets.VBox
        Controls, a picture and a sentence.

    Examples
    --------
    >>> from custlab import load_case
    >>> box = crowd_explorer(load_case("appliances"))
    >>> "k = 1" in box.children[-1].value
    True
    """
    people = listed_people(case)

    def draw(age, place, gender, family, k, leave_out):
        told = coarsened(people, age, place, gender, family)
        sizes = _crowds(told)
        kept = sizes[sizes >= k] if leave_out else sizes
        return pictures.group_sizes(kept, k), _said_about_crowd(len(people), kept, k, leave_out)

    return explorer(
        draw,
        _("who hides in a crowd"),
        _(
            "Names and customer numbers are gone already. Get k up to 5. What do you have to give "
            "up? Try coarser values before you leave people out."
        ),
        age=widgets.Dropdown(options=_ages(), value=1, description=_("Age is told by")),
        place=widgets.Dropdown(options=_places(), value="city", description=_("Place is told by")),
        gender=widgets.Checkbox(True, description=_("Tell gender")),
        family=widgets.Checkbox(False, description=_("Tell life stage")),
        k=widgets.IntSlider(5, 2, 20, description=_("Smallest group wanted (k)")),
        leave_out=widgets.Checkbox(False, description=_("Leave out people in smaller groups")),
    )


def _ages() -> list[tuple[str, int]]:
    return [
        (_("year"), 1),
        (_("5 years"), 5),
        (_("10 years"), 10),
        (_("20 years"), 20),
        (_("not at all"), 0),
    ]


def _places() -> list[tuple[str, str]]:
    return [
        (_("city"), "city"),
        (_("province"), "province"),
        (_("region"), "region"),
        (_("not at all"), ""),
    ]


def _crowds(told: pd.DataFrame) -> pd.Series:
    """Count for each person how many look the same; if nothing is told, everybody does."""
    if told.shape[1] == 0:
        return pd.Series(len(told), index=told.index)
    return group_sizes(told, list(told))


def _said_about_crowd(total: int, kept: pd.Series, k: int, leave_out: bool) -> str:
    """Say in a sentence how safe the table is and what it still tells."""
    alone, lost = int((kept == 1).sum()), total - len(kept)
    values = {
        "k": int(kept.min()) if len(kept) else 0,
        "alone": alone,
        "share": 100 * alone / total,
        "small": 100 * float((kept < k).sum()) / total,
        "wanted": k,
        "groups": round((1 / kept).sum()),
        "lost": lost,
        "lost_share": 100 * lost / total,
    }
    text = _(
        "<b>k = {k}</b>. {alone:,} people ({share:.0f} %) stand alone; {small:.0f} % stand in "
        "groups of fewer than {wanted}. The table still tells {groups:,} groups apart."
    ).format(**values)
    if not leave_out:
        return text
    cost = _("{lost:,} people ({lost_share:.0f} %) had to be left out.").format(**values)
    return f"{text} {cost}"


def date_explorer(case) -> widgets.VBox:
    """Choose a rule for reading the dates of the dirty export, and see what becomes of them.

    Parameters
    ----------
    case : Case
        The firm; its dirty export is read.

    Returns
    -------
    ipywidgets.VBox
        A choice, a picture and a sentence.

    Examples
    --------
    >>> from custlab import load_case
    >>> box = date_explorer(load_case("appliances"))
    >>> "another day" in box.children[-1].value
    True
    """
    written = written_dates(case)
    fates = {
        name: reading_fates(written, rule(written["text"]))
        for name, (_label, rule) in _rules().items()
    }

    drawn = {name: Drawn(pictures.date_readings(found)) for name, found in fates.items()}

    def draw(rule):
        return drawn[rule], _said_about_dates(fates[rule])

    options = [(label, name) for name, (label, _rule) in _rules().items()]
    return explorer(
        draw,
        _("what a date says"),
        _("Each rule below is one line of code that many people write. Which one would you trust?"),
        rule=widgets.RadioButtons(
            options=options, description=_("Read the dates"), layout={"width": "max-content"}
        ),
    )


def _rules() -> dict:
    """List the ways to read a column of dates: {name: (label, function from text to dates)}."""

    def mixed(text, **options):
        return pd.to_datetime(text, format="mixed", errors="coerce", **options)

    return {
        "guess": (_("let pandas guess each one (month first)"), mixed),
        "day-first": (
            _("let pandas guess, day first for all"),
            lambda text: mixed(text, dayfirst=True),
        ),
        "strict": (
            _("accept 2024-05-31 only, blank the rest"),
            lambda text: pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"),
        ),
        "own": (_("each way of writing by its own rule"), parse_mixed_dates),
    }


def _said_about_dates(fates: pd.DataFrame) -> str:
    """Say how many dates are wrong, and how one would notice."""
    total = int(fates.to_numpy().sum())
    values = {
        "total": total,
        "right": 100 * int(fates["right"].sum()) / total,
        "other": int(fates["another day"].sum()),
        "lost": int(fates["lost"].sum()),
    }
    text = _(
        "Of {total:,} dates {right:.1f} % are read as meant; <b>{other:,}</b> became another day, "
        "and <b>{lost:,}</b> got lost."
    ).format(**values)
    if values["other"]:
        return f"{text} " + _("Nobody will notice: each of the wrong days exists.")
    return text
