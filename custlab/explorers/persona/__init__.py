"""Explorers of lesson 09: what evidence carries, who fits a persona, and the builder."""

from __future__ import annotations

import ipywidgets as widgets

from custlab import persona as subject
from custlab.explorers.frame import explorer
from custlab.explorers.persona.customer import Fit, OneCustomer
from custlab.explorers.persona.evidence import PASSES, ThinnedCard, lines_of, passed
from custlab.i18n import _
from custlab.persona import Persona


def persona_builder(persona: Persona, case, members, path=None, rest=None) -> widgets.VBox:
    """Let a person edit a drafted persona: the card, its checks and its file follow.

    Parameters
    ----------
    persona : Persona
        The draft.
    case : Case
        The firm that it was drafted from.
    members : Series or Index of customer_id
        The segment's customers.
    path : str or Path, optional
        The file to save in. If it is there already, it is opened, so that work goes on where
        it stopped.
    rest : Series or Index of customer_id, optional
        With whom the segment is compared; all other customers by default.

    Returns
    -------
    PersonaBuilder
        A form with its card; ``.persona`` is the persona as it stands.

    Raises
    ------
    InputError
        If the segment is too small, or the members belong to another case.
    """
    from custlab.explorers.persona.builder import PersonaBuilder

    return PersonaBuilder(persona, case, members, path, rest)


def evidence_explorer(case, members, persona: Persona | None = None, rest=None) -> widgets.VBox:
    """Ask for stronger and stronger evidence, and watch the card thin out.

    Parameters
    ----------
    case : Case
        The firm.
    members : Series or Index of customer_id
        The segment's customers.
    persona : Persona, optional
        Its assumptions stand on the card too, until evidence is asked for.
    rest : Series or Index of customer_id, optional
        With whom the segment is compared; all other customers by default.

    Returns
    -------
    ipywidgets.VBox
        A slider, how many claims pass, and the card with what falls struck out.
    """
    candidates = subject.trait_table(case, members, rest, least="none")
    n = candidates.attrs["members"]
    candidates = candidates[candidates["text"] != ""].reset_index(drop=True)
    assumed = (trait for trait in persona.traits if trait.evidence is None) if persona else ()
    traits = (*lines_of(candidates), *assumed)
    shown = Persona("tried", case.name, "", _("What was tried"), traits=traits, n=n)
    labels = {
        "anything": _("none"),
        "weak": _("weak"),
        "moderate": _("moderate"),
        "strong": _("strong"),
    }
    counts = {demand: passed(candidates, demand) for demand in PASSES}

    def draw(demand):
        left, tried = int(counts[demand]["left"].sum()), int(counts[demand]["tried"].sum())
        on_card = sum(trait.strength in PASSES[demand] for trait in shown.traits)
        sentence = _(
            "Of {tried} claims that the data can answer, <b>{left}</b> pass; of the {lines} lines "
            "on this card, <b>{on_card}</b>. “Weak” asks for a small difference that could pass "
            "a single test; “moderate” also allows for how many claims were tried; “strong” asks "
            "for a middling difference that holds for all claims at once."
        ).format(tried=tried, left=left, lines=len(shown.traits), on_card=on_card)
        return ThinnedCard(shown, demand, counts[demand]), sentence

    return explorer(
        draw,
        _("how much evidence do you ask for?"),
        _(
            "The card begins with what somebody might write on it. Ask for more: which lines would "
            "you have sworn by, and which dimension empties first?"
        ),
        demand=widgets.SelectionSlider(
            options=[(labels[name], name) for name in PASSES], description=_("Evidence asked for")
        ),
    )


def one_customer_explorer(case, persona: Persona, members, seed: int = 0) -> widgets.VBox:
    """Hold a persona against real customers of its segment, drawn at random one by one.

    Parameters
    ----------
    case : Case
        The firm.
    persona : Persona
        The persona.
    members : Series or Index of customer_id
        The segment's customers.
    seed : int
        Decides the order of the draw.

    Returns
    -------
    ipywidgets.VBox
        A number and a button that draw; the lines with yes, no or unknown; all customers.
    """
    fit = Fit.of(case, persona, members)
    order, shares = fit.draw(seed), fit.shares()

    def draw(number):
        shown = OneCustomer(persona, fit, shares, order[number - 1], number)
        return shown, shown.sentence()

    number = widgets.BoundedIntText(
        value=1, min=1, max=len(order), description=_("Customer drawn, no.")
    )
    box = explorer(
        draw,
        _("is anybody the persona?"),
        _(
            "Draw a customer of the segment and read the lines against what is known of this one "
            "customer. Draw ten. How many fit every line?"
        ),
        number=number,
    )
    another = widgets.Button(
        description=_("Draw another"), tooltip=_("Draw another customer of the segment")
    )

    def next_one(_button):
        number.value = number.value % len(order) + 1

    another.on_click(next_one)
    number.layout.width = "20em"
    row = widgets.HBox([number, another], layout=widgets.Layout(flex_flow="row wrap"))
    box.children[1].children = (row,)
    return box
