"""Pictures of roles: the buying unit, profiles, confusion, key contacts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab import roles as subject
from custlab.i18n import _, ngettext
from custlab.plots.buying_unit import (
    COLOUR,
    add_legend,
    describe_unit,
    draw_unit,
)
from custlab.plots.drawing import INK, fix_margins, in_style, ink, shaded_table
from custlab.plots.role_judgement import (
    confusion_matrix,
    coverage_curve,
    methods,
    role_counts,
)
from custlab.roles.rules import ALONE, CORE_ROLES, OWN_ROLE_OF_KIND, UNKNOWN
from custlab.roles.words import LETTERS, kind_word, role_word, strength_word
from custlab.style import PALETTE, Picture, new_figure

__all__ = [
    "buying_unit",
    "confusion_matrix",
    "coverage_curve",
    "key_contacts",
    "methods",
    "profile_bars",
    "role_counts",
    "role_heatmap",
    "title_roles",
    "titles_only",
]

KIND_COLOUR = {
    "authority": COLOUR["decider"],
    "usage": COLOUR["user"],
    "payment": COLOUR["buyer"],
    "advice": COLOUR["influencer"],
    "access": "#4B5563",
    "initiative": PALETTE[5],
}


@in_style
def buying_unit(case, customer_id: str, *, weights: pd.DataFrame | None = None) -> Picture:
    """Draw the people of one customer around the purchase, with what flows between them.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str
        Which customer.
    weights : DataFrame, optional
        The rule's weights.

    Returns
    -------
    Picture
        Circles carry the letters of the roles; arrows are authority, payment, usage,
        information and access, drawn for the roles that a person plays.

    Raises
    ------
    InputError
        If the case has no such customer.
    """
    unit = subject.buying_unit(case, customer_id, weights=weights)
    fig, ax = new_figure(7.6, 5.2)
    add_legend(ax, draw_unit(ax, unit))
    fix_margins(fig, left=0.02, right=0.98, bottom=0.13, top=0.93)
    ax.set_title(_("The buying unit of {customer}").format(customer=customer_id))
    alt = _("The buying unit of {customer}. {people}").format(
        customer=customer_id, people=describe_unit(unit)
    )
    return Picture(fig, alt)


@in_style
def titles_only(case, customer_id: str) -> Picture:
    """Draw the people of one customer by their titles alone, roles hidden, for guessing.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str
        Which customer.

    Returns
    -------
    Picture
        One circle with a question mark per person.
    """
    people, _actions = subject.unit_tables(case, customer_id)
    hidden = people.assign(main_role=UNKNOWN, also="", strength=UNKNOWN, telling=pd.NA)
    fig, ax = new_figure(7.6, 4.6)
    draw_unit(ax, hidden)
    fix_margins(fig, left=0.02, right=0.98, bottom=0.13, top=0.93)
    ax.set_title(_("Who is who at {customer}?").format(customer=customer_id))
    titles = ", ".join(people["title"].astype(str))
    return Picture(fig, _("The people of the buying unit, by title: {t}.").format(t=titles))


@in_style
def profile_bars(case, customer_id: str, *, reveal: bool = True) -> Picture:
    """Draw what each person of a customer did: telling actions by kind of evidence.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str
        Which customer.
    reveal : bool, optional
        Whether to write the role that the rule names beside each bar.

    Returns
    -------
    Picture
        One bar per person; length in telling actions.
    """
    unit = subject.buying_unit(case, customer_id)[::-1]
    fig, ax = new_figure(7.2, 1.5 + 0.5 * len(unit))
    names = [_label(person, reveal) for __, person in unit.iterrows()]
    _stacked(ax, unit, names)
    ax.set_xlabel(_("telling actions (number)"))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlim(0, max(unit["telling"].max(), 1) * 1.08)
    ax.set_title(_("What the people of {customer} did").format(customer=customer_id))
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
    fix_margins(fig, names, [kind_word(kind) for kind in KIND_COLOUR])
    said = "; ".join(_said(person) for __, person in unit[::-1].iterrows())
    return Picture(fig, _("Telling actions by person: {people}.").format(people=said))


@in_style
def title_roles(roles: pd.DataFrame, *, top: int = 8) -> Picture:
    """Draw which main roles the bearers of each title play.

    Parameters
    ----------
    roles : DataFrame
        ``title`` and ``main_role``, from `assign_roles` or the truth.
    top : int, optional
        How many titles, the commonest first.

    Returns
    -------
    Picture
        One bar per title, 100 % of the people with a role.
    """
    known = roles[roles["main_role"].isin(CORE_ROLES)]
    titles = known["title"].astype("object").value_counts().index[:top]
    table = pd.crosstab(known["title"].astype("object"), known["main_role"], normalize="index")
    table = table.reindex(index=titles[::-1], columns=list(CORE_ROLES), fill_value=0) * 100
    fig, ax = new_figure(7.2, 1.4 + 0.38 * len(table))
    left = np.zeros(len(table))
    for role in CORE_ROLES:
        share = table[role].to_numpy()
        name = f"{LETTERS[role]}  {role_word(role)}"
        bar = {"color": COLOUR[role], "edgecolor": "white", "label": name}
        ax.barh(table.index, share, left=left, **bar)
        for y, (width, start) in enumerate(zip(share, left, strict=True)):
            if width >= 9:
                label = f"{LETTERS[role]} {width:.0f}"
                _mark(ax, start + width / 2, y, label, on=COLOUR[role])
        left += share
    ax.set_xlim(0, 100)
    ax.set_xlabel(_("people with this title (%)"))
    ax.set_title(_("One title, several roles"))
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), title=_("main role"))
    said = "; ".join(
        f"{title}: " + ", ".join(f"{role_word(r)} {row[r]:.0f} %" for r in CORE_ROLES)
        for title, row in table[::-1].iterrows()
    )
    return Picture(fig, _("Main roles by title. {said}.").format(said=said))


@in_style
def role_heatmap(table: pd.DataFrame, title: str, xlabel: str) -> Picture:
    """Draw shares by role as a shaded table: what each role does, or where.

    Parameters
    ----------
    table : DataFrame
        One row per role; values are shares, 0 to 1, that add up to 1 in each row.
    title, xlabel : str
        What the table shows, and what its columns are.

    Returns
    -------
    Picture
        Per cent in each cell.
    """
    fig, ax = new_figure(1.9 + 0.78 * table.shape[1], 1.5 + 0.42 * len(table))
    top = max(float(table.to_numpy().max()), 0.01)
    shaded_table(
        ax, table, table.map("{:.0%}".format), table.index.map(role_word), table.columns.map(str),
        low=0, high=top,
    )  # fmt: skip
    ax.set_xlabel(xlabel)
    ax.set_title(title)
    said = "; ".join(
        _("{role}: mostly {name} ({share:.0%})").format(
            role=role_word(role), name=row.idxmax(), share=row.max()
        )
        for role, row in table.iterrows()
    )
    return Picture(fig, f"{title}. {said}.")


@in_style
def key_contacts(ranked: pd.DataFrame, aim: str = "sell") -> Picture:
    """Draw the key contacts of a customer, the one to talk to first on top.

    Parameters
    ----------
    ranked : DataFrame
        From `custlab.roles.key_contacts`, for one customer.
    aim : {"sell", "close", "serve"}
        What the talk is for, as given there.

    Returns
    -------
    Picture
        One bar per person; people without enough evidence are marked.
    """
    customer_id, ranked = ranked["customer_id"].iloc[0], ranked[::-1]
    fig, ax = new_figure(7.2, 1.3 + 0.5 * len(ranked))
    names = [_label(person, reveal=True) for __, person in ranked.iterrows()]
    colours = [COLOUR[role] for role in ranked["main_role"]]
    bars = ax.barh(names, ranked["points"], color=colours, edgecolor=INK, height=0.6)
    notes = [_note(person) for __, person in ranked.iterrows()]
    ax.bar_label(bars, labels=notes, padding=4, fontsize=8.5)
    ax.set_xlim(0, max(ranked["points"].max(), 0.1) * 1.75)
    ax.set_xlabel(_("points for the aim (0 = no evidence, 1 = plays exactly the role)"))
    ax.set_title(
        _("Whom to talk to first at {customer}, to {aim}").format(customer=customer_id, aim=aim)
    )
    ax.grid(axis="y", visible=False)
    fix_margins(fig, names, right=0.97)
    said = "; ".join(
        f"{person['rank']}. {person['title']} ({role_word(person['main_role'])}, "
        f"{person['points']:.2f})"
        for __, person in ranked[::-1].iterrows()
    )
    return Picture(fig, _("Key contacts to {aim}: {said}.").format(aim=aim, said=said))


def _label(person: pd.Series, reveal: bool) -> str:
    """Name a person, with the letters of the roles where they may be seen."""
    if not reveal:
        return str(person["title"])
    also = [LETTERS[name] for name in str(person["also"]).split(", ") if name]
    letters = "+".join([LETTERS.get(person["main_role"], "?"), *also])
    return f"{person['title']}  [{letters}]"


def _note(person: pd.Series) -> str:
    if person["main_role"] == UNKNOWN and person["also"]:
        return _("main role open: find out · {channel}").format(channel=person["channel"])
    if person["main_role"] == UNKNOWN:
        return _("not enough evidence: find out")
    if person["strength"] == ALONE:
        return _("buys alone · {channel}").format(channel=person["channel"])
    return _("{role}, {strength} · {channel}").format(
        role=role_word(person["main_role"]),
        strength=strength_word(person["strength"]),
        channel=person["channel"],
    )


def _stacked(ax, unit: pd.DataFrame, names: list[str]) -> None:
    """Stack the kinds of evidence of each person; a letter and the colour say which kind."""
    y, left = np.arange(len(unit)), np.zeros(len(unit))
    thin = 0.03 * max(unit["telling"].max(), 1)
    for kind, colour in KIND_COLOUR.items():
        letter = LETTERS[OWN_ROLE_OF_KIND[kind]]
        count = np.round(unit[kind].to_numpy() * unit["telling"].to_numpy())
        bar = {"color": colour, "edgecolor": "white", "linewidth": 1.5, "height": 0.65}
        ax.barh(y, count, left=left, label=f"{letter}  {kind_word(kind)}", **bar)
        for row in np.flatnonzero(count > thin):
            _mark(ax, left[row] + count[row] / 2, row, letter, on=colour)
        left += count
    ax.set_yticks(y, names)
    for row in np.flatnonzero(left == 0):
        ax.text(0.1, row, _("nothing on record"), va="center", fontsize=8, color="#374151")


def _mark(ax, x: float, y: float, text: str, on: str) -> None:
    ax.text(x, y, text, ha="center", va="center", fontsize=8.5, fontweight="bold",
            color=ink(on))  # fmt: skip


def _said(person: pd.Series) -> str:
    kinds = [
        f"{kind_word(kind)} {round(person[kind] * person['telling'])}"
        for kind in KIND_COLOUR
        if person[kind] > 0
    ]
    text = ngettext(
        "{title}, {n} telling action", "{title}, {n} telling actions", person["telling"]
    )
    head = text.format(title=person["title"], n=person["telling"])
    return f"{head} ({', '.join(kinds)})" if kinds else head
