"""Portraits drawn by code: a shape on a pattern, and nothing that a face would say.

A portrait must let a room tell two cards apart and say nothing about age, gender or skin. So it
is geometry: the first number of ``Persona.picture`` chooses the shape and its colour, the second
the pattern behind it, the third how the pattern lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import cos, pi, sin

from custlab.i18n import _

SIZE = 96
MIDDLE = SIZE / 2
# Deep versions of the course's colours: each is at least 4.5:1 against white paper.
COLOURS = ("#00598C", "#9A4A00", "#00684D", "#8E2F66", "#5B4A9E", "#7A5C00", "#1F6F78", "#4A5565")


@dataclass(frozen=True)
class Portrait:
    """A drawn portrait.

    Parameters
    ----------
    svg : str
        The drawing, with a ``<title>`` that says it in words.
    words : str
        What it shows.
    colour : str
        Its main colour.
    """

    svg: str
    words: str
    colour: str

    def _repr_html_(self) -> str:
        return self.svg


def portrait(persona, size: int = SIZE) -> Portrait:
    """Draw the portrait of a persona: the same numbers give the same drawing.

    Parameters
    ----------
    persona : Persona
        Whose; only ``name`` and ``picture`` are read.
    size : int
        Width and height in CSS pixels.

    Returns
    -------
    Portrait
        The drawing; it shows itself in a notebook.

    Examples
    --------
    >>> from custlab.persona import Persona
    >>> portrait(Persona("a", "ecommerce", "1", "Evening shoppers", picture=(4, 1, 0))).words
    'Drawn sign of Evening shoppers: a hexagon on dots'
    """
    first, second, third = (*persona.picture, 0, 0, 0)[:3]
    shapes, patterns = _shapes(), _patterns()
    shape, path = shapes[first % len(shapes)]
    pattern, lines = patterns[second % len(patterns)]
    colour = COLOURS[first % len(COLOURS)]
    words = _("Drawn sign of {name}: {shape} on {pattern}").format(
        name=persona.name, shape=shape, pattern=pattern
    )
    turned = f"rotate({45 * (third % 4)} {MIDDLE:g} {MIDDLE:g})"
    svg = (
        f'<svg class="cp-portrait" xmlns="http://www.w3.org/2000/svg" role="img" width="{size}" '
        f'height="{size}" viewBox="0 0 {SIZE} {SIZE}"><title>{escape(words)}</title>'
        f'<svg width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}" aria-hidden="true">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="#FFFFFF"/>'
        f'<rect width="{SIZE}" height="{SIZE}" fill="{colour}" opacity=".13"/>'
        f'<g transform="{turned}" stroke="{colour}" fill="none" stroke-width="2" opacity=".45">'
        f"{lines}</g>"
        f'<path d="{path}" fill="{colour}" stroke="#FFFFFF" stroke-width="3" '
        f'stroke-linejoin="round" fill-rule="evenodd"/></svg></svg>'
    )
    return Portrait(svg, words, colour)


# -- shapes: paths around the middle ----------------------------------------------------------


def _polygon(corners: int, radius: float, turn: float = 0.0, inner: float | None = None) -> str:
    """Give a regular polygon, or a star if an inner radius is given; it points upwards."""
    steps = corners * (2 if inner else 1)
    places = []
    for step in range(steps):
        reach = inner if inner and step % 2 else radius
        angle = 2 * pi * step / steps - pi / 2 + turn
        places.append(f"{MIDDLE + reach * cos(angle):.1f} {MIDDLE + reach * sin(angle):.1f}")
    return f"M{'L'.join(places)}Z"


def _circle(radius: float) -> str:
    top, across = MIDDLE - radius, 2 * radius
    arc = f"a{radius:g} {radius:g} 0 1 0"
    return f"M{MIDDLE:g} {top:g}{arc} 0 {across:g}{arc} 0 {-across:g}Z"


def _cross() -> str:
    arm, half = 29, 11
    tip, side, back = 2 * half, arm - half, half - arm
    return (
        f"M{MIDDLE - half:g} {MIDDLE - arm:g}h{tip}v{side}h{side}v{tip}h{back}v{side}h{-tip}"
        f"v{back}h{back}v{-tip}h{side}Z"
    )


def _shapes() -> tuple[tuple[str, str], ...]:
    return (
        (_("a ring"), _circle(28) + _circle(12)),
        (_("a square"), _polygon(4, 36, pi / 4)),
        (_("a triangle"), _polygon(3, 33)),
        (_("a star"), _polygon(5, 34, inner=15)),
        (_("a hexagon"), _polygon(6, 31)),
        (_("a cross"), _cross()),
        (_("a diamond"), _polygon(4, 34) + _polygon(4, 13)),
        (_("a flower"), _polygon(8, 33, inner=21)),
    )


# -- patterns: thin lines behind the shape, drawn beyond the edge so that they may be turned ---


def _stripes() -> str:
    return "".join(f'<path d="M-24 {y}H120"/>' for y in range(-20, 120, 10))


def _dots() -> str:
    places = [(x, y) for x in range(-18, 120, 12) for y in range(-18, 120, 12)]
    return "".join(f'<circle cx="{x}" cy="{y}" r="1.6"/>' for x, y in places)


def _rings() -> str:
    return "".join(f'<circle cx="0" cy="{SIZE}" r="{r}"/>' for r in range(14, 150, 12))


def _grid() -> str:
    return _stripes() + "".join(f'<path d="M{x} -24V120"/>' for x in range(-20, 120, 10))


def _waves() -> str:
    bend = "q6 -8 12 0t12 0t12 0t12 0t12 0t12 0t12 0t12 0t12 0t12 0t12 0t12 0"
    return "".join(f'<path d="M-24 {y}{bend}"/>' for y in range(-20, 124, 12))


def _rays() -> str:
    ends = [(cos(pi * step / 12) * 90, sin(pi * step / 12) * 90) for step in range(24)]
    return "".join(f'<path d="M{MIDDLE:g} {MIDDLE:g}l{x:.1f} {y:.1f}"/>' for x, y in ends)


def _patterns() -> tuple[tuple[str, str], ...]:
    return (
        (_("stripes"), _stripes()),
        (_("dots"), _dots()),
        (_("arcs"), _rings()),
        (_("a grid"), _grid()),
        (_("waves"), _waves()),
        (_("rays"), _rays()),
    )
