"""How a buying unit is drawn: people around the purchase, arrows for what flows between them."""

from __future__ import annotations

import math
import textwrap

import pandas as pd

from custlab.i18n import _, ngettext
from custlab.plots.drawing import INK, ink
from custlab.roles.rules import ALONE, CORE_ROLES, OWN_ROLE_OF_KIND, UNKNOWN
from custlab.roles.words import LETTERS, role_word, strength_word
from custlab.style import MUTED, PALETTE

COLOUR = {
    "decider": PALETTE[0],
    "user": PALETTE[2],
    "influencer": PALETTE[1],
    "buyer": PALETTE[4],
    UNKNOWN: "#D1D5DB",
}
# Around the purchase, clockwise from the top.
SEATS = ("decider", "buyer", "user", UNKNOWN, "influencer")
# How the evidence of a role that somebody plays is drawn: kind -> (line, width, colour).
LINES = {
    "authority": ("-", 2.6, PALETTE[0]),
    "payment": ("-.", 1.8, PALETTE[4]),
    "usage": ((0, (1, 1.2)), 1.8, PALETTE[2]),
    "advice": ("--", 1.8, "#B45309"),
    "access": ((0, (5, 1.5, 1, 1.5, 1, 1.5)), 1.8, INK),
}
NODE = 0.17


def line_words() -> dict[str, str]:
    """Say what each kind of arrow means."""
    return {
        "authority": _("authority: says yes or no"),
        "payment": _("payment: orders and pays"),
        "usage": _("usage: the product reaches the user"),
        "advice": _("information: advises on the choice"),
        "access": _("access: lets information through"),
    }


def seats(unit: pd.DataFrame) -> list[tuple[float, float]]:
    """Give each person a place on an ellipse, sorted by role, in the order of the table."""
    rank = {role: number for number, role in enumerate(SEATS)}
    order = sorted(range(len(unit)), key=lambda i: rank[unit["main_role"].iloc[i]])
    places = [(0.0, 0.0)] * len(unit)
    for number, i in enumerate(order):
        angle = math.pi / 2 - 2 * math.pi * number / len(unit)
        places[i] = (1.75 * math.cos(angle), 0.95 * math.sin(angle))
    return places


def draw_unit(ax, unit: pd.DataFrame) -> set[str]:
    """Draw the people, the purchase and the arrows; give the kinds of arrows drawn."""
    places = seats(unit)
    roles = unit["main_role"].tolist()
    decider = places[roles.index("decider")] if "decider" in roles else (0.0, 0.0)
    kinds = set()
    for place, (__, person) in zip(places, unit.iterrows(), strict=True):
        if person["main_role"] != UNKNOWN and person["strength"] != ALONE:
            kinds |= _draw_arrows(ax, person, place, decider)
    for place, (__, person) in zip(places, unit.iterrows(), strict=True):
        _draw_person(ax, person, place)
    _draw_purchase(ax)
    ax.set_xlim(-2.45, 2.45)
    ax.set_ylim(-1.5, 1.5)
    ax.set_aspect("equal")
    ax.axis("off")
    return kinds


def _draw_arrows(ax, person: pd.Series, place, decider) -> set[str]:
    # Evidence for a role that the person does not play draws no arrow, nor does the decider's
    # own advice: there is nobody to whom it goes.
    played = {person["main_role"], *str(person["also"]).split(", ")}
    played -= {"influencer"} if person["main_role"] == "decider" else set()
    drawn = [kind for kind in LINES if OWN_ROLE_OF_KIND[kind] in played]
    for number, kind in enumerate(drawn):
        bend = 0.12 + 0.16 * (number - (len(drawn) - 1) / 2)
        to_decider = kind in ("advice", "access") and decider != place
        target = decider if to_decider else (0.0, 0.0)
        start, end = (target, place) if kind == "usage" else (place, target)
        line, width, colour = LINES[kind]
        ax.annotate(
            "",
            xy=end,
            xytext=start,
            zorder=2,
            arrowprops={
                "arrowstyle": "-|>,head_width=0.25,head_length=0.5",
                "linestyle": line,
                "linewidth": width,
                "color": colour,
                "connectionstyle": f"arc3,rad={bend:.2f}",
                "shrinkA": _room(start, place),
                "shrinkB": _room(end, place),
            },
        )
    return set(drawn)


def _room(at, place) -> float:
    """Leave an arrow's end clear of a circle, or of the purchase's box, which is broad."""
    return 26 if at != (0.0, 0.0) else 26 + 26 * abs(place[0]) / math.hypot(*place)


def _draw_person(ax, person: pd.Series, place) -> None:
    from matplotlib.patches import Circle

    x, y = place
    role, unknown = person["main_role"], person["main_role"] == UNKNOWN
    node = Circle(
        (x, y),
        NODE,
        facecolor=COLOUR[role],
        edgecolor=INK,
        linewidth=1.3,
        linestyle="--" if unknown else "-",
        zorder=3,
    )
    ax.add_patch(node)
    mark = {"fontsize": 11, "fontweight": "bold", "color": ink(COLOUR[role])}
    ax.text(x, y, letters(person), ha="center", va="center", zorder=4, **mark)
    _write_label(ax, person, x, y)


def _write_label(ax, person: pd.Series, x: float, y: float) -> None:
    """Write title and finding under a person; above the one at the top, out of the arrows' way."""
    title = "\n".join(textwrap.wrap(str(person["title"]), 18))
    step = 0.135 * (title.count("\n") + 1)
    above = y > 0.9
    top = y + NODE + 0.16 + step if above else y - NODE - 0.03
    text = {"ha": "center", "va": "top", "zorder": 4}
    box = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.5}
    ax.text(x, top, title, fontsize=9, fontweight="bold", bbox=box, **text)
    small = {"fontsize": 7.5, "color": "#374151", "bbox": box, **text}
    ax.text(x, top - step, caption(person), **small)


def _draw_purchase(ax) -> None:
    box = {"boxstyle": "round,pad=0.45", "facecolor": "#F3F4F6", "edgecolor": MUTED}
    ax.text(0, 0, _("the purchase"), ha="center", va="center", fontsize=9, bbox=box, zorder=3)


def letters(person: pd.Series) -> str:
    """Give the letters of a person's roles, the main one first; a question mark if unknown."""
    if person["strength"] == ALONE:
        return "".join(LETTERS[role] for role in CORE_ROLES)
    also = [LETTERS[role] for role in str(person["also"]).split(", ") if role]
    return "+".join([LETTERS.get(person["main_role"], "?"), *also][:3])


def caption(person: pd.Series) -> str:
    """Say role, strength and number of actions under a person; nothing where they are hidden."""
    if pd.isna(person["telling"]):
        return ""
    if person["main_role"] == UNKNOWN and person["also"]:
        return _("main role open: ask")
    if person["main_role"] == UNKNOWN:
        text = ngettext("{n} telling action: ask", "{n} telling actions: ask", person["telling"])
        return text.format(n=person["telling"])
    if person["strength"] == ALONE:
        return _("plays all core roles")
    return _("{role}, {strength} ({n} actions)").format(
        role=role_word(person["main_role"]),
        strength=strength_word(person["strength"]),
        n=person["telling"],
    )


def add_legend(ax, kinds: set[str]) -> None:
    """Explain the arrows and the letters under the picture."""
    from matplotlib.lines import Line2D

    words = line_words()
    handles = [
        Line2D([], [], linestyle=style, linewidth=width, color=colour, label=words[kind])
        for kind, (style, width, colour) in LINES.items()
        if kind in kinds
    ]
    marks = ", ".join(f"{letter} = {role_word(role)}" for role, letter in LETTERS.items())
    ax.text(0, -1.47, marks, ha="center", va="top", fontsize=7.5, color="#374151")
    if handles:
        ax.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.02),
            ncols=2,
            fontsize=8,
            handlelength=3.5,
        )


def describe_unit(unit: pd.DataFrame) -> str:
    """Say the picture in words, for readers who cannot see it."""
    people = [
        _("{title}: {caption}{also}").format(
            title=person["title"],
            caption=caption(person),
            also=_(", also {roles}").format(
                roles=", ".join(role_word(role) for role in person["also"].split(", "))
            )
            if person["also"] and person["strength"] != ALONE
            else "",
        )
        for __, person in unit.iterrows()
    ]
    return "; ".join(people) + "."
